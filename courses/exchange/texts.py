"""Walking through the texts of a page, whatever blocks they are made of, and cleaning rich text."""

from collections.abc import Callable, Mapping
from typing import Any

import nh3
from bs4 import BeautifulSoup, Tag
from wagtail import blocks

# What each feature of the editor may leave in a text. Nothing else comes in from a file.
TAGS_OF = {
    "bold": {"b", "strong"},
    "italic": {"i", "em"},
    "ol": {"ol", "li"},
    "ul": {"ul", "li"},
    "link": {"a"},
    "document-link": {"a"},
    "glossary": {"a"},
    "hr": {"hr"},
    "superscript": {"sup"},
    "subscript": {"sub"},
    "strikethrough": {"s"},
    **{f"h{level}": {f"h{level}"} for level in range(2, 7)},
}
ALWAYS = {"p", "br"}
WITHOUT_A_LIST = ("bold", "italic", "h2", "h3", "h4", "ol", "ul", "hr", "link", "document-link")
SCHEMES = {"http", "https", "mailto", "tel"}
# How a link says what it leads to, and the feature that allows it.
LINK_FEATURES = {"page": "link", "document": "document-link", "glossary": "glossary"}

Leaf = Callable[[blocks.Block, Any], Any]
Link = Callable[[str, str], Mapping[str, str] | None]
Note = Callable[[str], None]


def walk(block: blocks.Block, value: Any, leaf: Leaf) -> Any:
    """The same value with every leaf changed by `leaf`. Values are as the database keeps them.

    Blocks lose their ids on the way: a copy is not the original. Raises ValueError for a shape that
    the block does not have.
    """
    if isinstance(block, blocks.StreamBlock):
        return [_child(block, item, leaf) for item in _a(list, value)]
    if isinstance(block, blocks.ListBlock):
        return [walk(block.child_block, _item(item), leaf) for item in _a(list, value)]
    if isinstance(block, blocks.StructBlock):
        given = _a(dict, value)
        if unknown := set(given) - set(block.child_blocks):
            raise ValueError(f"{sorted(unknown)[0]!r:.60}")
        return {
            name: walk(child, given[name] if name in given else empty(child), leaf)
            for name, child in block.child_blocks.items()
        }
    return leaf(block, value)


def empty(block: blocks.Block) -> Any:
    """What the database keeps for a block that nobody has filled in."""
    return block.get_prep_value(block.get_default())


def _a(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise ValueError(f"{value!r:.60}")  # noqa: TRY004 - the file is wrong, not the program
    return value


def _child(block: blocks.StreamBlock, item: Any, leaf: Leaf) -> dict[str, Any]:
    name = _a(dict, item).get("type")
    if name not in block.child_blocks:
        raise ValueError(f"{name!r:.60}")
    return {"type": name, "value": walk(block.child_blocks[name], item.get("value"), leaf)}


def _item(item: Any) -> Any:
    """A list keeps its items with ids, or (older) without."""
    is_wrapped = isinstance(item, dict) and item.get("type") == "item" and "value" in item
    return item["value"] if is_wrapped else item


def linked(html: str, link: Link) -> str:
    """The same text with every link to a page, document or word changed; None takes a link away.

    `link` is asked with what it leads to and with its number (or name), and answers with attributes.
    """
    if "<" not in html:
        return html
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all():
        tag.attrs.pop("data-block-key", None)
    for tag in soup.find_all("a"):
        kind = _word(tag, "linktype")
        if not kind:
            continue
        answer = link(kind, _word(tag, "ref") or _word(tag, "id"))
        if answer is None:
            tag.unwrap()
        else:
            tag.attrs = dict(answer)
    for tag in soup.find_all("embed"):
        tag.decompose()
    return str(soup)


def _word(tag: Tag, name: str) -> str:
    found = tag.attrs.get(name, "")
    return found if isinstance(found, str) else ""


def cleaned(html: str, *, features: list[str] | None, refs: Mapping[str, str], note: Note) -> str:
    """A text from a file, as this site's editor could have made it.

    `refs` says what each name in the file leads to. What is taken out is told to `note`, by what it was.
    """
    allowed = set(WITHOUT_A_LIST if features is None else features)
    tags = ALWAYS.union(*(TAGS_OF.get(name, set()) for name in allowed))
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all():
        if tag.name not in tags:
            note(f"<{tag.name[:20]}>")
        elif tag.name == "a":
            _clean_link(tag, allowed, refs, note)
        elif tag.attrs:
            tag.attrs = {}
    return nh3.clean(
        str(soup),
        tags=tags,
        attributes={"a": {"href", "linktype", "ref"}} if "a" in tags else {},
        url_schemes=SCHEMES,
        link_rel=None,
        strip_comments=True,
    )


def _clean_link(tag: Tag, allowed: set[str], refs: Mapping[str, str], note: Note) -> None:
    kind, ref, href = _word(tag, "linktype"), _word(tag, "ref"), _word(tag, "href").strip()
    if kind in LINK_FEATURES and LINK_FEATURES[kind] in allowed and refs.get(ref) == kind:
        tag.attrs = {"linktype": kind, "ref": ref}
    elif not kind and "link" in allowed and href.partition(":")[0].lower() in SCHEMES and ":" in href:
        tag.attrs = {"href": href}
    else:
        note(f"<a> {(href or ref)[:60]}")
        tag.unwrap()
