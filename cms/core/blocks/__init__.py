"""The blocks that pages are written with, one file a family."""

from cms.core.blocks.accordions import AccordionBlock, AccordionPartBlock
from cms.core.blocks.bodies import LessonBodyBlock, PageBodyBlock
from cms.core.blocks.downloads import DownloadBlock
from cms.core.blocks.easy_read import EasyReadBlock, EasyReadRowBlock
from cms.core.blocks.pictures import PictureBlock
from cms.core.blocks.sound_and_video import SoundBlock, VideoFileBlock, VideoLinkBlock, player_hosts
from cms.core.blocks.text import (
    ActivityPromptBlock,
    CalloutBlock,
    HeadingBlock,
    ParagraphBlock,
    QuotationBlock,
    ShortTextBlock,
    StepsBlock,
)

__all__ = [
    "AccordionBlock",
    "AccordionPartBlock",
    "ActivityPromptBlock",
    "CalloutBlock",
    "DownloadBlock",
    "EasyReadBlock",
    "EasyReadRowBlock",
    "HeadingBlock",
    "LessonBodyBlock",
    "PageBodyBlock",
    "ParagraphBlock",
    "PictureBlock",
    "QuotationBlock",
    "ShortTextBlock",
    "SoundBlock",
    "StepsBlock",
    "VideoFileBlock",
    "VideoLinkBlock",
    "player_hosts",
]
