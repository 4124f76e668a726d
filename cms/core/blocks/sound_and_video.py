"""Video and sound. Each comes with its length and with all its words, for those who cannot see or hear it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from cms.core.blocks import previews, video_addresses
from cms.core.blocks.files import FileBlock
from cms.core.blocks.video_addresses import VideoAddress, VideoAddressError

SOUND = ("mp3", "m4a", "ogg")
VIDEO = ("mp4", "webm")


def _title() -> blocks.CharBlock:
    return blocks.CharBlock(label=gettext_lazy("Title"), max_length=120)


def _minutes() -> blocks.IntegerBlock:
    return blocks.IntegerBlock(
        label=gettext_lazy("Length in minutes"),
        min_value=1,
        max_value=600,
        help_text=gettext_lazy("Round up, so that nobody runs out of time."),
    )


def _transcript() -> blocks.RichTextBlock:
    return blocks.RichTextBlock(
        label=gettext_lazy("Transcript"),
        features=["bold", "italic", "ol", "ul", "link"],
        help_text=gettext_lazy(
            "Everything that is said, who says it, and what can be seen that matters. "
            "People who cannot hear or see it, or cannot play it, learn from this."
        ),
    )


class VideoLinkValue(blocks.StructValue):
    """A video kept by somebody else."""

    @property
    def video(self) -> VideoAddress | None:
        """What the address names; None in a draft whose address is not right yet."""
        return _read(self.get("address") or "")


class VideoLinkBlock(blocks.StructBlock):
    """A video at YouTube or Vimeo. Nothing is asked of them before the reader says so."""

    address = blocks.URLBlock(
        label=gettext_lazy("Address of the video"),
        max_length=300,
        help_text=gettext_lazy(
            "At YouTube or Vimeo. Copy it from the video’s own page. Check that it has captions there."
        ),
    )
    title = _title()
    minutes = _minutes()
    transcript = _transcript()

    class Meta:
        description = gettext_lazy(
            "A video at YouTube or Vimeo, with its transcript. Readers are asked before it loads."
        )
        preview_value = staticmethod(previews.video_link)
        icon = "media"
        label = gettext_lazy("Video at YouTube or Vimeo")
        template = "blocks/video_link.html"
        value_class = VideoLinkValue

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        address = cleaned.get("address")
        if address and cleaned.video is None:
            sentence = _(
                "We can only show videos from YouTube and Vimeo. Copy the address of one video, such as "
                "https://vimeo.com/76979871."
            )
            raise StructBlockValidationError(block_errors={"address": ValidationError(sentence)})
        return cleaned


class VideoFileBlock(blocks.StructBlock):
    """A video kept on this site."""

    title = _title()
    video = FileBlock(endings=VIDEO, label=gettext_lazy("Video file (mp4 or webm)"))
    captions = FileBlock(
        endings=("vtt",),
        label=gettext_lazy("Captions (vtt)"),
        help_text=gettext_lazy("The words on the screen, at the right moment, for people who cannot hear."),
    )
    minutes = _minutes()
    transcript = _transcript()

    class Meta:
        description = gettext_lazy("A video kept on this site, with captions and transcript.")
        preview_value = staticmethod(previews.recording)
        icon = "media"
        label = gettext_lazy("Video file")
        template = "blocks/video_file.html"


class SoundBlock(blocks.StructBlock):
    """Something to listen to, kept on this site."""

    title = _title()
    sound = FileBlock(endings=SOUND, label=gettext_lazy("Sound file (mp3, m4a or ogg)"))
    minutes = _minutes()
    transcript = _transcript()

    class Meta:
        description = gettext_lazy("Something to listen to, with its transcript.")
        preview_value = staticmethod(previews.recording)
        icon = "media"
        label = gettext_lazy("Sound")
        template = "blocks/sound.html"


def player_hosts(*streams: Any) -> frozenset[str]:
    """The hosts whose players these texts may show: none for texts without such a video."""
    addresses = [
        (item["value"] or {}).get("address") or ""
        for stream in streams
        for item in (stream.raw_data if stream else ())
        if item["type"] == "video_link"
    ]
    return frozenset(found.host for found in map(_read, addresses) if found is not None)


def _read(address: str) -> VideoAddress | None:
    try:
        return video_addresses.read(address)
    except VideoAddressError:
        return None
