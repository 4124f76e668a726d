"""Draws a receipt, an invoice or a credit note as a tagged PDF."""

from dataclasses import asdict
from pathlib import Path

from django.utils.translation import gettext as _

from cms.core.typesetting import Typeset, is_right_to_left, typeset
from courses.payments.paper_facts import Facts
from courses.payments.paper_words import sheet

TEMPLATE = Path(__file__).with_name("paper.typ")


def draw(*, facts: Facts, timestamp: int) -> Typeset:
    """Draw one paper; `timestamp` (Unix seconds) is the date written in the file.

    The same input gives the same bytes. Safe to call from several threads.
    Raises typst.TypstError when the template itself is at fault.
    """
    words = sheet(facts)
    values = {
        **asdict(words),
        "author": facts.seller.name,
        "from_title": _("From"),
        "to_title": _("To"),
        "about_title": _("About this paper"),
        "seller": [_line(line) for line in words.seller],
        "buyer": [_line(line) for line in words.buyer],
    }
    return typeset(TEMPLATE, values, timestamp=timestamp)


def _line(text: str) -> dict[str, object]:
    return {"text": text, "rtl": is_right_to_left(text)}
