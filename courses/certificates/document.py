"""Draws a certificate as a tagged PDF: PDF/UA-1 for reading aloud, PDF/A-2a for keeping."""

import importlib.util
import json
import re
import threading
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import typst

from courses.certificates.facts import Facts
from courses.certificates.qr import qr_svg
from courses.certificates.wording import rows

TEMPLATE = Path(__file__).with_name("certificate.typ")
STANDARDS: "list[typst.PDFStandard]" = ["ua-1", "a-2a"]

# Package to font family. Nothing else is used, so every machine draws the same bytes.
FONTS = {
    "fontpkg_noto_sans": "Noto Sans",
    "fontpkg_noto_sans_arabic": "Noto Sans Arabic",
    "fontpkg_noto_sans_devanagari": "Noto Sans Devanagari",
    "fontpkg_noto_sans_thai": "Noto Sans Thai",
    "fontpkg_heebo": "Heebo",
}

# The rows that page 1 shows; the record after it shows them all.
ON_THE_FACE = ("Started", "Completed", "Issued", "Time")
BELOW_THE_FACE = ("Accreditation",)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawn certificate.

    `is_accessible`: it was drawn to PDF/UA-1 and PDF/A-2a.
    `warning`: a sentence for staff when something could not be drawn as written, else "".
    """

    pdf: bytes
    is_accessible: bool
    warning: str


def draw(*, facts: Facts, name: str, code_grouped: str, verify_url: str, timestamp: int) -> Drawing:
    """Draw one certificate; `timestamp` (Unix seconds) is the date written in the file.

    The same input gives the same bytes. Safe to call from several threads.
    A letter that no font has does not stop a certificate: a box stands for it, described by
    the letter itself, and a sentence on page 1 says so. A name is never spelt in other letters:
    that would be a guess at how its owner says it.
    Raises typst.TypstError when the template itself is at fault.
    """
    values = _values(facts, name, code_grouped, verify_url)
    missing: set[str] = set()
    for _ in range(3):
        try:
            pdf = _compile(_data(values, missing), STANDARDS, timestamp)
        except typst.TypstError as error:
            found = _letters_in(error)
            if not found:
                raise
            missing |= found
        else:
            return Drawing(pdf, is_accessible=True, warning=_warning(missing))
    plain = _compile(_data(values, missing), [], timestamp)
    return Drawing(plain, is_accessible=False, warning=_warning(missing))


def letters_without_shape(text: str) -> tuple[str, ...]:
    """The letters of a text that a certificate can only show as boxes, each once, in order.

    For telling a person while they choose the name to be printed.
    """
    cleaned = _clean(text)
    data = json.dumps({"text": cleaned, "fonts": list(FONTS.values())})
    try:
        _compile(data, STANDARDS, 0, _PROBE)
    except typst.TypstError as error:
        missing = _visible(_letters_in(error))
        return tuple(dict.fromkeys(letter for letter in cleaned if letter in missing))
    return ()


# What is handed to the template


def _values(facts: Facts, name: str, code: str, url: str) -> dict[str, object]:
    pairs = rows(facts)
    return {
        "kind": facts.kind,
        "name": name,
        "name_is_rtl": _is_right_to_left(name),
        "course_title": facts.course_title,
        "provider": facts.provider,
        "face": [pair for pair in pairs if pair[0] in ON_THE_FACE],
        "below": [pair for pair in pairs if pair[0] in BELOW_THE_FACE],
        "rows": [("Name", name), *pairs, ("Certificate number", code)],
        "stages": facts.stages,
        "outcomes": facts.outcomes,
        "statement": facts.statement,
        "notice": facts.notice,
        "code": code,
        "url": url,
        "qr": qr_svg(url),
    }


def _data(values: dict[str, object], missing: set[str]) -> str:
    """The values as JSON, with the missing letters as the inside of a regular expression class."""
    unseen = missing.difference(_visible(missing))
    boxed = "".join(f"\\x{{{ord(letter):x}}}" for letter in _visible(missing))
    cleaned = _cleaned(values, unseen)
    printed = [text for key, value in cleaned.items() if key not in _NOT_TEXT for text in _texts(value)]
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

# As the template's own rule finds them. The address breaks by itself, and the code is a drawing.
_LONG_WORD = re.compile(r"[^\s-]{31,}")
_NOT_TEXT = ("url", "qr")


def _texts(value: object) -> list[str]:
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []


def _cleaned(values: dict[str, object], unseen: set[str]) -> dict[str, object]:
    return {key: value if key == "qr" else _each(value, unseen) for key, value in values.items()}


def _each(value: object, unseen: set[str]) -> object:
    if isinstance(value, str):
        return _clean(value, unseen)
    if isinstance(value, list | tuple):
        return [_each(inner, unseen) for inner in value]
    return value


def _clean(text: str, unseen: Iterable[str] = ()) -> str:
    """One line, without control characters, halves of surrogate pairs and direction tricks."""
    whole = _HALF_OF_A_PAIR.sub("\ufffd", _DIRECTION_TRICKS.sub("", text))
    seen = whole.translate(dict.fromkeys(map(ord, unseen)))
    return " ".join(_CONTROL.sub(" ", seen).split())


_HALF_OF_A_PAIR = re.compile("[\ud800-\udfff]")
_DIRECTION_TRICKS = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


def _is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction is Arabic, Hebrew or the like."""
    directions = map(unicodedata.bidirectional, text)
    return next((found in {"R", "AL"} for found in directions if found in {"L", "R", "AL"}), False)


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


def _warning(missing: set[str]) -> str:
    letters = _visible(missing)
    if not letters:
        return ""
    return f"No font has a shape for {' '.join(letters)}: a box stands for each on the certificate."


# The compiler


_PROBE = b"""
#let it = json(bytes(sys.inputs.data))
#set document(title: "Probe")
#set text(font: it.fonts)
#it.text
"""
_drawing = threading.Lock()


def _compile(
    data: str,
    standards: "list[typst.PDFStandard]",
    timestamp: int,
    source: Path | bytes = TEMPLATE,
) -> bytes:
    with _drawing:
        pdf = _compiler().compile(
            input=cast("Any", source),  # the stub wants one type, not either of two
            sys_inputs={"data": data},
            pdf_standards=standards,
            timestamp=timestamp,
        )
    return cast("bytes", pdf)


@cache
def _compiler() -> typst.Compiler:
    """One for each process, because loading the fonts takes longer than drawing a certificate."""
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[_font_folder(package) for package in FONTS],
    )
    return typst.Compiler(root=TEMPLATE.parent, font_paths=fonts)


def _font_folder(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"The font package {package} is not installed.")
    return Path(found.origin).parent / "files"
