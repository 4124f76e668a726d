"""Words and their meanings. An editor marks a word in a text; the reader gets the meaning on the spot.

In the database a marked word is `<a linktype="glossary" id="5">word</a>`: the word stays in the text, so it
is searched, counted and read like any other. When it is drawn, it becomes a button with its meaning beside
it. The browser itself opens and closes the meaning (the popover attribute), so no script is needed; where
it cannot, and on paper, the meaning stands in brackets behind the word.
"""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.cache import caches
from django.template.loader import render_to_string
from wagtail.rich_text import LinkHandler

from cms.core.glossary import GlossaryTerm
from cms.core.rich_text import page_urls

MEANINGS_KEY = "glossary:meanings"
# Another process sees a changed meaning after this long.
KEPT_SECONDS = 60
MARK = "<a data-term="
MARKED = re.compile(r'<a data-term="(\d+)">(.*?)</a>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a reader gets beside a marked word."""

    term: str
    text: str
    page_id: int | None
    spellings: str = ""


class GlossaryLinkHandler(LinkHandler):
    """Marks the place; `with_meanings` then draws all marked words of a text at once."""

    identifier = "glossary"

    @staticmethod
    def get_model() -> type[GlossaryTerm]:
        return GlossaryTerm

    @classmethod
    def expand_db_attributes(cls, attrs: dict[str, Any]) -> str:
        term_id = str(attrs.get("id", ""))
        return f'{MARK}"{term_id if term_id.isdecimal() and term_id.isascii() else 0}">'

    @classmethod
    def extract_references(cls, attrs: dict[str, Any]) -> Iterator[tuple[Any, Any, str, str]]:
        yield GlossaryTerm, attrs["id"], "", ""


def with_meanings(html: str) -> str:
    """The text with every marked word drawn as a button and its meaning. One query a minute, or none."""
    if MARK not in html:
        return html
    known = meanings()

    def drawn(found: re.Match[str]) -> str:
        meaning = known.get(int(found[1]))
        return _drawn(meaning, found[2]) if meaning else found[2]

    return MARKED.sub(drawn, html)


def _drawn(meaning: Meaning, word: str) -> str:
    """`word` is HTML that the rich text filter has cleaned already."""
    return render_to_string(
        "components/glossary_word.html",
        {
            "word": word,
            "meaning": meaning,
            # In brackets a meaning has no full stop at its end: the sentence around it goes on.
            "text": meaning.text.removesuffix("."),
            "page_url": page_urls([str(meaning.page_id)])[0] if meaning.page_id else "",
            # The same word may stand on a page twice, in parts that were drawn on different days.
            "id": f"meaning-{secrets.token_hex(4)}",
        },
    ).strip()


def meanings() -> dict[int, Meaning]:
    """Every word's meaning by the number of the word. Kept in the process's memory."""
    local = caches["local"]
    kept: dict[int, Meaning] | None = local.get(MEANINGS_KEY)
    if kept is None:
        fields = ("pk", "term", "meaning", "related_page_id", "other_spellings")
        kept = {pk: Meaning(*rest) for pk, *rest in GlossaryTerm.objects.values_list(*fields)}
        local.set(MEANINGS_KEY, kept, KEPT_SECONDS)
    return kept


def forget_meanings() -> None:
    """A word was changed: read them again."""
    caches["local"].delete(MEANINGS_KEY)
