"""Sets a document as a tagged PDF: PDF/UA-1 for reading aloud, PDF/A-2a for keeping.

A template is a `.typ` file that prints values. They reach it as JSON, so markup in them is never evaluated.
"""

import importlib.util
import json
import re
import threading
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import typst

STANDARDS: "list[typst.PDFStandard]" = ["ua-1", "a-2a"]

# Package to font family. Nothing else is used, so every machine draws the same bytes.
FONTS = {
    "fontpkg_noto_sans": "Noto Sans",
    "fontpkg_noto_sans_arabic": "Noto Sans Arabic",
    "fontpkg_noto_sans_devanagari": "Noto Sans Devanagari",
    "fontpkg_noto_sans_thai": "Noto Sans Thai",
    "fontpkg_heebo": "Heebo",
}


@dataclass(frozen=True, slots=True)
class Typeset:
    """A document as it was set.

    `is_accessible`: it was drawn to PDF/UA-1 and PDF/A-2a. `missing`: letters that no font has.
    """

    pdf: bytes
    is_accessible: bool
    missing: tuple[str, ...]


def typeset(
    template: Path, values: Mapping[str, object], *, timestamp: int, drawings: Collection[str] = ()
) -> Typeset:
    """Set one document; `timestamp` (Unix seconds) is the date written in the file.

    The same input gives the same bytes. Safe to call from several threads. Values are text, numbers, yes or
    no, and lists of these; those named in `drawings` are given to the template as they are.
    A letter that no font has does not stop a document: the template gets `missing`, and draws a box for it.
    Raises typst.TypstError when the template itself is at fault.
    """
    missing: set[str] = set()
    for _ in range(3):
        try:
            pdf = compiled(_data(values, missing, drawings), STANDARDS, timestamp, template)
        except typst.TypstError as error:
            found = _letters_in(error)
            if not found:
                raise
            missing |= found
        else:
            return Typeset(pdf, is_accessible=True, missing=_visible(missing))
    plain = compiled(_data(values, missing, drawings), [], timestamp, template)
    return Typeset(plain, is_accessible=False, missing=_visible(missing))


def letters_without_shape(text: str) -> tuple[str, ...]:
    """The letters of a text that a document can only show as boxes, each once, in order."""
    whole = clean(text)
    data = json.dumps({"text": whole, "fonts": list(FONTS.values())})
    try:
        compiled(data, STANDARDS, 0, _PROBE)
    except typst.TypstError as error:
        missing = _visible(_letters_in(error))
        return tuple(dict.fromkeys(letter for letter in whole if letter in missing))
    return ()


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction is Arabic, Hebrew or the like."""
    directions = map(unicodedata.bidirectional, text)
    return next((found in {"R", "AL"} for found in directions if found in {"L", "R", "AL"}), False)


def clean(text: str, unseen: Iterable[str] = ()) -> str:
    """One line, without control characters, halves of surrogate pairs and direction tricks."""
    whole = _HALF_OF_A_PAIR.sub("\ufffd", _DIRECTION_TRICKS.sub("", text))
    seen = whole.translate(dict.fromkeys(map(ord, unseen)))
    return " ".join(_CONTROL.sub(" ", seen).split())


_HALF_OF_A_PAIR = re.compile("[\ud800-\udfff]")
_DIRECTION_TRICKS = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


# What is handed to the template


def _data(values: Mapping[str, object], missing: set[str], drawings: Collection[str]) -> str:
    """The values as JSON, with the missing letters as the inside of a regular expression class."""
    unseen = missing.difference(_visible(missing))
    boxed = "".join(f"\\x{{{ord(letter):x}}}" for letter in _visible(missing))
    cleaned = {key: value if key in drawings else _each(value, unseen) for key, value in values.items()}
    printed = [text for key, value in cleaned.items() if key not in drawings for text in _texts(value)]
    fixed = {
        "missing": boxed,
        "fonts": _fonts_for(printed),
        "has_long_word": any(map(_LONG_WORD.search, printed)),
    }
    return json.dumps(cleaned | fixed)


def _fonts_for(printed: list[str]) -> list[str]:
    """The families to look for letters in. Where all are Latin, the first has them; to look at all of them
    costs a quarter of the drawing.
    """
    families = list(FONTS.values())
    return families[:1] if all(map(_LATIN.fullmatch, printed)) else families


# Latin with three of its extensions, dashes, quotation marks and bullets: Noto Sans has each of them.
_LATIN = re.compile("[\u0020-\u007e\u00a0-\u024f\u1e00-\u1eff\u2010-\u2015\u2018-\u201e\u2020-\u2022\u2026]*")

# As the templates' own rule finds them. An address breaks by itself.
_LONG_WORD = re.compile(r"(?<![^\s-])(?!https?://)[^\s-]{31,}")


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []


def _each(value: object, unseen: set[str]) -> object:
    if isinstance(value, str):
        return clean(value, unseen)
    if isinstance(value, list | tuple):
        return [_each(inner, unseen) for inner in value]
    if isinstance(value, dict):
        return {key: _each(inner, unseen) for key, inner in value.items()}
    return value


# Letters that no font has


def _letters_in(error: typst.TypstError) -> set[str]:
    """The letters named by the compiler, which lists every one; none for any other fault."""
    quoted = re.findall(r'the text `"(.*?)"` could not be displayed', error.diagnostic, re.DOTALL)
    quoted += re.findall(r'disallowed codepoint `"(.*?)"`', error.diagnostic)
    return set("".join(_UNICODE_ESCAPE.sub(lambda code: chr(int(code[1], 16)), text) for text in quoted))


_UNICODE_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")


def _visible(letters: set[str]) -> tuple[str, ...]:
    """Without joiners, tags and variation selectors, which are part of the letter beside them."""
    return tuple(sorted(one for one in letters if not _is_unseen(one)))


def _is_unseen(letter: str) -> bool:
    return unicodedata.category(letter) == "Cf" or "\ufe00" <= letter <= "\ufe0f"


# The compiler


_PROBE = b"""
#let it = json(bytes(sys.inputs.data))
#set document(title: "Probe")
#set text(font: it.fonts)
#it.text
"""
_drawing = threading.Lock()


def compiled(data: str, standards: "list[typst.PDFStandard]", timestamp: int, source: Path | bytes) -> bytes:
    """The bytes of one PDF, from a template or from its words."""
    with _drawing:
        pdf = _compiler(source.parent if isinstance(source, Path) else None).compile(
            input=cast("Any", source),  # the stub wants one type, not either of two
            sys_inputs={"data": data},
            pdf_standards=standards,
            timestamp=timestamp,
        )
    return cast("bytes", pdf)


@cache
def _compiler(root: Path | None) -> typst.Compiler:
    """One for each process and folder."""
    return typst.Compiler(root=root or Path(__file__).parent, font_paths=_fonts())


@cache
def _fonts() -> typst.Fonts:
    """Read once, because this takes longer than drawing a document."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[_font_folder(package) for package in FONTS],
    )


def _font_folder(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"The font package {package} is not installed.")
    return Path(found.origin).parent / "files"
