"""What would trouble a reader of one page: its texts taken apart, and looked at by `cms.core.reading`."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from django.utils.translation import gettext as _
from wagtail import blocks
from wagtail.fields import RichTextField, StreamField
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page
from wagtail.rich_text import RichText

from cms.core import reading
from cms.core.reading import HEADING, ITEM, PARAGRAPH, TITLE, Measure, Piece, Remark

# Plain text fields that readers meet; all others are facts, addresses and settings.
READ_FIELDS = ("heading", "lead", "one_line", "summary")
# Quotations are somebody's own words, and transcripts say what was said.
AS_SAID = frozenset({"quotation", "transcript"})
# So far back is looked for the change of a text and of its easy-read version.
REVISIONS_READ = 30


class _Reader(HTMLParser):
    """Takes rich text apart into paragraphs, list items and headings, with the words of their links."""

    PIECES = {
        "p": PARAGRAPH,
        "li": ITEM,
        "h2": HEADING,
        "h3": HEADING,
        "h4": HEADING,
        "blockquote": PARAGRAPH,
    }

    def __init__(self, where: str) -> None:
        super().__init__(convert_charrefs=True)
        self.where = where
        self.pieces: list[Piece] = []
        self._kind, self._level = PARAGRAPH, 0
        self._text: list[str] = []
        self._links: list[str] = []
        self._link: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.PIECES:
            self.finish()
            self._kind = self.PIECES[tag]
            self._level = int(tag[1]) if self._kind == HEADING else 0
        elif tag == "a" and dict(attrs).get("linktype") != "glossary":
            self._link = []
        elif tag == "br":
            self._text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.PIECES:
            self.finish()
        elif tag == "a" and self._link is not None:
            self._links.append("".join(self._link))
            self._link = None

    def handle_data(self, data: str) -> None:
        self._text.append(data)
        if self._link is not None:
            self._link.append(data)

    def finish(self) -> None:
        text = " ".join("".join(self._text).split())
        if text or self._links:
            self.pieces.append(Piece(self._kind, text, self.where, self._level, tuple(self._links)))
        self._kind, self._level, self._text, self._links, self._link = PARAGRAPH, 0, [], [], None


def pieces_of_html(html: str, where: str) -> list[Piece]:
    """The pieces of rich text as the database keeps it."""
    reader = _Reader(where)
    reader.feed(html)
    reader.close()
    reader.finish()
    return reader.pieces


def pieces_of(page: Page) -> list[Piece]:
    """Everything that a reader of the page reads, in order. Easy-read versions are left to themselves."""
    found = [Piece(TITLE, str(page.title), _("Title"))]
    for field in page._meta.get_fields():
        # Only fields of words are touched: to look at a relation would fetch it.
        is_read = isinstance(field, StreamField | RichTextField) or field.name in READ_FIELDS
        value = getattr(page, field.name) if is_read else None
        if not value or field.name == "easy_read":
            continue
        label = _label(field)
        if isinstance(field, StreamField):
            for where, name, block, held in _blocks_of_field(page, field):
                found += _pieces_of_block(name, block, held, where)
        elif isinstance(field, RichTextField):
            found += pieces_of_html(str(value), label)
        else:
            found.append(Piece(PARAGRAPH, str(value), label))
    return found


def remarks_on(page: Page) -> list[Remark]:
    """Everything on the page that would trouble a reader. `page` may be a draft."""
    own: list[Remark] = page.own_remarks() if hasattr(page, "own_remarks") else []
    return [*reading.remarks(pieces_of(page)), *_about_media(page), *_about_easy_read(page), *own]


def measure(page: Page) -> Measure:
    """The page's words in numbers."""
    return reading.measure(pieces_of(page))


def _pieces_of_block(name: str, block: Any, value: Any, where: str) -> Iterator[Piece]:
    if name == "heading":
        yield Piece(HEADING, str(value.get("text") or ""), where, int(value.get("level") or 2))
        return
    for _name, part, words in _parts(name, block, value, leaving_out=AS_SAID):
        if isinstance(part, blocks.RichTextBlock):
            yield from pieces_of_html(_source(words), where)
        elif type(part) is blocks.TextBlock:
            yield Piece(PARAGRAPH, str(words), where)
        elif isinstance(part, blocks.CharBlock):
            yield Piece(TITLE, str(words), where)


def _about_media(page: Page) -> Iterator[Remark]:
    """Pictures and recordings that some readers would miss. Publishing asks for these too."""
    for where, name, block, value in _blocks_of(page):
        for _name, part, held in _parts(name, block, value):
            if isinstance(part, ImageBlock):
                if not held.decorative and not held.contextual_alt_text:
                    said = _("Say what the picture shows, or mark it as decoration.")
                    yield Remark("picture", said, where, str(held.title))
            elif "transcript" in getattr(part, "child_blocks", ()) and not _has_words(held["transcript"]):
                said = _("Write down everything that is said. Some readers cannot hear or play it.")
                yield Remark("transcript", said, where, str(held.get("title") or ""))


def _blocks_of(page: Page) -> Iterator[tuple[str, str, Any, Any]]:
    """The blocks at the top of every text of the page: the place in words, the name, block and value."""
    for field in page._meta.get_fields():
        if isinstance(field, StreamField) and field.name != "easy_read":
            yield from _blocks_of_field(page, field)


def _blocks_of_field(page: Page, field: StreamField) -> Iterator[tuple[str, str, Any, Any]]:
    for number, child in enumerate(getattr(page, field.name) or (), start=1):
        where = f"{_label(field)}, {number}: {child.block.label}"
        yield where, child.block_type, child.block, child.value


def _parts(
    name: str, block: Any, value: Any, *, leaving_out: frozenset[str] = frozenset()
) -> Iterator[tuple[str, Any, Any]]:
    """A block and everything in it, from the top down, without what is empty."""
    if not value or name in leaving_out:
        return
    yield name, block, value
    children: list[tuple[str, Any, Any]] = []
    if isinstance(block, blocks.ListBlock):
        children = [(name, block.child_block, held) for held in value]
    elif isinstance(block, blocks.StreamBlock):
        children = [(held.block_type, held.block, held.value) for held in value]
    elif isinstance(block, blocks.StructBlock) and not isinstance(block, ImageBlock):
        children = [(key, part, value.get(key)) for key, part in block.child_blocks.items()]
    for child in children:
        yield from _parts(*child, leaving_out=leaving_out)


def _source(value: Any) -> str:
    return value.source if isinstance(value, RichText) else str(value or "")


def _has_words(value: Any) -> bool:
    return any(piece.text for piece in pieces_of_html(_source(value), ""))


def _about_easy_read(page: Page) -> Iterator[Remark]:
    """Whether the text was changed after its easy-read version. Read from the page's history."""
    if not page.pk or not getattr(page, "easy_read", None):
        return
    newest_first = page.revisions.order_by("-created_at", "-pk")
    newest: dict[str, Any] | None = None
    for content in newest_first.values_list("content", flat=True)[:REVISIONS_READ]:
        if newest is None:
            newest = content
        elif content.get("easy_read") != newest.get("easy_read"):
            return
        elif content.get("body") != newest.get("body"):
            said = _(
                "The text was changed after its easy-read version. Does the easy-read one still say the same?"
            )
            yield Remark("easy read", said, _label(page._meta.get_field("easy_read")))
            return


def _label(field: Any) -> str:
    name = str(field.verbose_name)
    return name[:1].upper() + name[1:]
