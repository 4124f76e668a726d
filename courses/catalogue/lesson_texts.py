"""The drawn words of lessons, sessions and coursework, the same for every learner, kept by page and moment
of publication."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core import signing
from django.core.cache import caches
from django.utils.functional import cached_property
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import get_language
from wagtail.models import Page, Revision
from wagtail.templatetags.wagtailcore_tags import richtext

from cms.core.blocks import player_hosts
from cms.core.prepared import Prepared
from courses.catalogue.outline import ActivityOutline, Kind
from courses.catalogue.pages import CourseworkPage, LessonPage, LiveSessionPage

# Links in a text name pages by number; a page that moved is found again after this long.
KEPT_SECONDS = 300
FULL, EASY, PRINTED = "full", "easy", "print"
SALT = "courses.note"
MODELS: dict[Kind, type[Page]] = {
    Kind.LESSON: LessonPage,
    Kind.LIVE_SESSION: LiveSessionPage,
    Kind.COURSEWORK: CourseworkPage,
}
# The texts that some of them have beside their body.
BESIDES = ("bring", "make_up", "looks_for")
# Inside JSON the quotation marks of an attribute are escaped.
LINK = re.compile(r"<a [^>]*linktype=[^>]*>")
NUMBER = re.compile(r'\bid=\\?"(\d+)')


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that a reader can come back to."""

    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """Something to try. `seal` proves that this site offered it, so a note needs no look at the text."""

    block: str
    title: str
    seal: str


@dataclass(frozen=True, slots=True)
class Part:
    """A run of drawn blocks, or one prompt with room for notes below it."""

    html: SafeString
    prompt: Prompt | None = None


@dataclass(frozen=True)
class LessonText:
    """One version of a lesson's words."""

    parts: tuple[Part, ...]
    headings: tuple[Heading, ...]
    players: frozenset[str]
    has_easy_read: bool
    is_easy: bool
    # Numbers of the glossary words in it.
    words: frozenset[int]
    # What stands beside the body, by the name of its field; what is empty is left out.
    besides: dict[str, SafeString] = field(default_factory=dict)

    @cached_property
    def html(self) -> SafeString:
        """Everything in one piece, for pages without room for notes."""
        return mark_safe("\n".join(part.html for part in self.parts))  # noqa: S308 - drawn by blocks

    @cached_property
    def prompts(self) -> tuple[Prompt, ...]:
        """Everything to try, in order."""
        return tuple(part.prompt for part in self.parts if part.prompt is not None)


_live = Prepared(lambda page: Page.objects.filter(pk=page, live=True).only("last_published_at"), int)


def text_of(activity: ActivityOutline, version: str = FULL) -> LessonText:
    """The words of one lesson. One query when they were drawn before. See `texts_of`."""
    return texts_of([activity], version)[activity.activity_id]


def texts_of(activities: Iterable[ActivityOutline], version: str = FULL) -> dict[int, LessonText]:
    """The words of several lessons by activity id: one query, and one more for each kind that must be drawn.

    Live words while the page is published, else the words that the edition froze. Asked for an
    easy-read version that is not there, the full text is given, and `is_easy` says so.
    """
    wanted = list(activities)
    pages = [activity.page_id for activity in wanted]
    found_live = _live(pages[0]) if len(pages) == 1 else Page.objects.filter(pk__in=pages, live=True)
    published = {page.pk: page.last_published_at for page in found_live}
    keys = {a.activity_id: _key(a, published.get(a.page_id, a.revision_id), version) for a in wanted}
    kept = caches["local"].get_many(keys.values())
    found: dict[int, LessonText] = {i: kept[key] for i, key in keys.items() if key in kept}
    missing = [a for a in wanted if a.activity_id not in found]
    if missing:
        drawn = _draw_all(missing, set(published), version)
        caches["local"].set_many({keys[i]: text for i, text in drawn.items()}, KEPT_SECONDS)
        found |= drawn
    return found


def _key(activity: ActivityOutline, stamp: Any, version: str) -> str:
    return f"lesson:{activity.page_id}:{stamp}:{version}:{get_language()}".replace(" ", "_")


def _draw_all(missing: list[ActivityOutline], live: set[int], version: str) -> dict[int, LessonText]:
    pages: dict[int, Any] = {}
    for kind, model in MODELS.items():
        wanted = [a.page_id for a in missing if a.kind is kind and a.page_id in live]
        pages |= model.objects.in_bulk(wanted) if wanted else {}
    frozen = Revision.objects.in_bulk([a.revision_id for a in missing if a.page_id not in pages])
    return {
        a.activity_id: draw(
            pages.get(a.page_id) or frozen[a.revision_id].as_object(),
            activity_id=a.activity_id,
            version=version,
        )
        for a in missing
    }


def draw(page: Any, *, activity_id: int, version: str = FULL) -> LessonText:
    """Draw one version of a lesson. `page` may be a page that was never saved (a preview)."""
    has_easy_read = bool(getattr(page, "easy_read", None))
    is_easy = version == EASY and has_easy_read
    stream = page.easy_read if is_easy else page.body
    drawing = _Drawing(activity_id, is_printed=version == PRINTED)
    for place, block in enumerate(stream):
        drawing.add(block, is_first=place == 0)
    return LessonText(
        parts=drawing.parts(),
        headings=tuple(drawing.headings),
        players=frozenset() if is_easy else player_hosts(page.body),
        has_easy_read=has_easy_read,
        is_easy=is_easy,
        words=_glossary_words(stream),
        besides={name: richtext(text) for name in BESIDES if (text := getattr(page, name, ""))},
    )


def _glossary_words(stream: Any) -> frozenset[int]:
    """The words that the editor marked, whatever block they are in."""
    source = json.dumps(list(stream.raw_data), default=str) if stream else ""
    marks = [mark for mark in LINK.findall(source) if "glossary" in mark]
    return frozenset(int(found) for mark in marks for found in NUMBER.findall(mark))


class _Drawing:
    """Draws blocks one by one, and breaks the run of HTML at every prompt."""

    def __init__(self, activity_id: int, *, is_printed: bool) -> None:
        self.activity_id = activity_id
        self.is_printed = is_printed
        self.headings: list[Heading] = []
        self._done: list[Part] = []
        self._run: list[str] = []

    def add(self, block: Any, *, is_first: bool) -> None:
        context: dict[str, Any] = {"for_print": self.is_printed, "is_first": is_first}
        if block.block_type == "heading":
            context["anchor"] = self._anchor(block.value["text"])
        html = block.render(context=context)
        if block.block_type == "activity_prompt":
            self._flush()
            self._done.append(Part(mark_safe(html), self._prompt(block)))  # noqa: S308 - the editor's own
        else:
            self._run.append(format_html('<div class="block-{}">{}</div>', block.block_type, html))

    def parts(self) -> tuple[Part, ...]:
        """Everything that was drawn."""
        self._flush()
        return tuple(self._done)

    def _flush(self) -> None:
        if self._run:
            self._done.append(Part(mark_safe("\n".join(self._run))))  # noqa: S308 - escaped when drawn
            self._run = []

    def _anchor(self, text: str) -> str:
        """An id that no other heading of this text has, and nothing else on the page either."""
        wanted = f"part-{slugify(text)[:60] or 'x'}"
        taken = {heading.anchor for heading in self.headings}
        anchor = wanted
        number = 1
        while anchor in taken:
            number += 1
            anchor = f"{wanted}-{number}"
        self.headings.append(Heading(anchor, text))
        return anchor

    def _prompt(self, block: Any) -> Prompt:
        title = str(block.value.get("title") or "")
        words = title or re.sub(r"\s+", " ", strip_tags(str(block.value.get("text") or ""))).strip()
        named = words[:120]
        return Prompt(str(block.id), named, seal(self.activity_id, str(block.id), named))


def seal(activity_id: int, block: str, title: str) -> str:
    """Words that only this site can make, to prove that it offered a prompt."""
    return signing.dumps([activity_id, block, title], salt=SALT)


def unseal(sealed: str) -> tuple[int, str, str]:
    """The activity, block and title of a prompt. Raises signing.BadSignature for what we never offered."""
    activity_id, block, title = signing.loads(sealed, salt=SALT)
    return activity_id, block, title
