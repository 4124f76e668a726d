"""What each kind of text may hold."""

from wagtail import blocks

from cms.core.blocks.accordions import AccordionBlock
from cms.core.blocks.downloads import DownloadBlock
from cms.core.blocks.pictures import PictureBlock
from cms.core.blocks.sound_and_video import SoundBlock, VideoFileBlock, VideoLinkBlock
from cms.core.blocks.text import (
    ActivityPromptBlock,
    CalloutBlock,
    HeadingBlock,
    ParagraphBlock,
    QuotationBlock,
    StepsBlock,
)


class PageBodyBlock(blocks.StreamBlock):
    """What a public page may hold."""

    heading = HeadingBlock()
    paragraph = ParagraphBlock()
    callout = CalloutBlock()
    quotation = QuotationBlock()
    steps = StepsBlock()
    image = PictureBlock()
    video_link = VideoLinkBlock()
    video_file = VideoFileBlock()
    sound = SoundBlock()
    download = DownloadBlock()
    accordion = AccordionBlock()


class LessonBodyBlock(PageBodyBlock):
    """What a lesson may hold: a page's blocks, and things to try, with room for private notes."""

    activity_prompt = ActivityPromptBlock()
