"""What a file that is handed in may be: judged by what is in it, never by its name.

Word and OpenDocument files are looked at from outside only: nothing in them is unpacked or run here.
"""

import re
import warnings
from dataclasses import dataclass
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _
from PIL import Image

from cms.core.picture_files import PictureRefused, cleaned

LARGEST = 20 * 1024 * 1024
MOST_PIXELS = 60_000_000
MOST_MEMBERS = 5_000
TEXT_ODT = b"application/vnd.oasis.opendocument.text"
LONGEST_TITLE = 100


class FileRefused(Exception):
    """This file is not taken. The message is a sentence for the person who sent it."""


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that may be kept. `title` has the ending of what is really in it."""

    title: str
    content: bytes
    content_type: str
    ending: str


TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "odt": "application/vnd.oasis.opendocument.text",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "txt": "text/plain; charset=utf-8",
}


def check(*, name: str, content: bytes) -> CheckedFile:
    """Judge one file. Pictures lose what tells where and with what they were taken.

    Raises FileRefused with what to do instead.
    """
    shown = title_of(name)
    if not content:
        raise FileRefused(_("“%(name)s” is empty. Please choose it again.") % {"name": shown})
    if len(content) > LARGEST:
        raise FileRefused(
            _("“%(name)s” is larger than 20 MB. Please make it smaller, or hand in a part of it.")
            % {"name": shown}
        )
    ending = _ending(content)
    if ending is None:
        raise FileRefused(
            _(
                "“%(name)s” is no file that we can take. Please save it as PDF, Word (.docx), OpenDocument "
                "(.odt), plain text, or as a JPEG or PNG picture."
            )
            % {"name": shown}
        )
    if ending in ("jpg", "png"):
        content = _picture(shown, content)
    if ending == "txt":
        content = _text(content) or b""
    return CheckedFile(f"{_stem(shown)}.{ending}", content, TYPES[ending], ending)


def title_of(name: str) -> str:
    """A file's own name, without folders and without what cannot be seen."""
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(letter for letter in last if letter.isprintable()).strip(" .")
    return seen[-LONGEST_TITLE:] or _("file")


def _stem(name: str) -> str:
    return re.sub(r"\.[A-Za-z0-9]{1,8}$", "", name) or _("file")


def _ending(content: bytes) -> str | None:
    """What is in it, as the ending of a name; None for everything we do not take."""
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"PK\x03\x04"):
        return _document(content)
    return "txt" if _text(content) is not None else None


def _document(content: bytes) -> str | None:
    """A text document of Word without macros, or of OpenDocument."""
    try:
        with ZipFile(BytesIO(content)) as packed:
            names = packed.namelist()
            if len(names) > MOST_MEMBERS or any("vbaproject" in name.lower() for name in names):
                return None
            if names[0] == "mimetype":
                with packed.open("mimetype") as said:
                    return "odt" if said.read(len(TEXT_ODT) + 1) == TEXT_ODT else None
    except (BadZipFile, NotImplementedError, OSError, RuntimeError, IndexError):
        return None
    return "docx" if {"[Content_Types].xml", "word/document.xml"} <= set(names) else None


def _text(content: bytes) -> bytes | None:
    """Plain text as UTF-8; None when it is something else. Old Windows texts are written anew."""
    if b"\x00" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        if encoding == "utf-16" and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        strange = sum(not (letter.isprintable() or letter in "\r\n\t\f") for letter in text)
        return text.encode() if strange * 100 <= len(text) and "\x00" not in text else None
    return None


def _picture(name: str, content: bytes) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content)) as picture:
                width, height = picture.size
                if width * height > MOST_PIXELS:
                    raise FileRefused(
                        _("“%(name)s” has too many points. Please make the picture smaller.") % {"name": name}
                    )
                picture.load()
            return cleaned(content, "picture.jpg")
    except (
        PictureRefused,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise FileRefused(
            _("“%(name)s” could not be read as a picture. Please try another one.") % {"name": name}
        ) from error
