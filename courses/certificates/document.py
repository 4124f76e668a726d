"""Draws a certificate as a tagged PDF."""

from dataclasses import dataclass
from pathlib import Path

from cms.core.typesetting import is_right_to_left, letters_without_shape, typeset
from courses.certificates.facts import Facts
from courses.certificates.qr import qr_svg
from courses.certificates.wording import rows

__all__ = ["Drawing", "draw", "letters_without_shape"]

TEMPLATE = Path(__file__).with_name("certificate.typ")

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
    drawn = typeset(TEMPLATE, values, timestamp=timestamp, drawings=("qr",))
    return Drawing(drawn.pdf, is_accessible=drawn.is_accessible, warning=_warning(drawn.missing))


def _warning(letters: tuple[str, ...]) -> str:
    if not letters:
        return ""
    return f"No font has a shape for {' '.join(letters)}: a box stands for each on the certificate."


def _values(facts: Facts, name: str, code: str, url: str) -> dict[str, object]:
    pairs = rows(facts)
    return {
        "kind": facts.kind,
        "name": name,
        "name_is_rtl": is_right_to_left(name),
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
