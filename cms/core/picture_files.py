"""What is inside a picture's file: nothing that tells where it was taken, nothing that could run."""

from io import BytesIO
from typing import Any

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from cms.core.svg import harm_in

# What a picture may carry besides what is seen. Everything else (place, camera, owner) is left out.
KEPT_FACTS = ("icc_profile", "transparency", "duration", "loop", "background", "disposal", "blend")
HIDDEN_FACTS = ("exif", "xmp", "XML:com.adobe.xmp", "photoshop", "comment", "Raw profile type exif")
JPEG_QUALITY = 92
UNREADABLE = _("This file could not be read as a picture. Please try another one.")


class PictureRefused(Exception):
    """This file is not taken. The message is a sentence for the person who sent it."""


def cleaned(data: bytes, name: str) -> bytes:
    """The file without hidden facts. Raises PictureRefused for a drawing that could do something."""
    if name.lower().endswith(".svg"):
        harm = harm_in(data)
        if harm:
            raise PictureRefused(harm)
        return data
    try:
        with Image.open(BytesIO(data)) as picture:
            return _drawn_again(picture) if _has_hidden_facts(picture) else data
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise PictureRefused(
            _("This file could not be read as a picture. Please try another one.")
        ) from error


def _has_hidden_facts(picture: Image.Image) -> bool:
    text = getattr(picture, "text", {})
    return bool(len(picture.getexif()) or text or any(name in picture.info for name in HIDDEN_FACTS))


def _drawn_again(picture: Image.Image) -> bytes:
    """The same picture, the right way up, with only the facts that its drawing needs."""
    options: dict[str, Any] = {key: picture.info[key] for key in KEPT_FACTS if key in picture.info}
    format_name = picture.format or "PNG"
    out = BytesIO()
    if getattr(picture, "n_frames", 1) > 1:
        picture.save(out, format=format_name, save_all=True, exif=b"", **options)
        return out.getvalue()
    upright = ImageOps.exif_transpose(picture)
    for fact in list(upright.info):
        if fact not in KEPT_FACTS:
            del upright.info[fact]
    if format_name in {"JPEG", "MPO"}:
        format_name, options = "JPEG", {**options, "quality": JPEG_QUALITY, "progressive": True}
    upright.save(out, format=format_name, exif=b"", **options)
    return out.getvalue()
