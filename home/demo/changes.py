"""Whether a page of the demo says anything new, so that building it again leaves no trace."""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max, Model
from django.db.models.signals import post_save  # noqa: TID251 - the search index's own are put off
from modelsearch import index
from modelsearch.backends import get_search_backends
from modelsearch.signal_handlers import post_save_signal_handler
from wagtail.fields import StreamField
from wagtail.models import Page, ReferenceIndex, Revision
from wagtail.signal_handlers import disable_reference_index_auto_update

from courses.exchange import texts
from home.demo.text import TextUnreadableError

# What Wagtail keeps about a page besides what it says.
KEPT_BY_WAGTAIL = frozenset(
    {
        "draft_title",
        "expired",
        "first_published_at",
        "go_live_at",
        "has_unpublished_changes",
        "last_published_at",
        "latest_revision",
        "latest_revision_created_at",
        "live",
        "live_revision",
        "numchild",
        "owner",
        "path",
        "url_path",
    }
)


def said(page: Any) -> dict[str, Any]:
    """Everything that a page says, without the numbers that blocks and rows get anew each time."""
    data = {name: value for name, value in page.serializable_data().items() if name not in KEPT_BY_WAGTAIL}
    for field in page._meta.get_fields():
        if isinstance(field, StreamField):
            raw = field.stream_block.get_prep_value(getattr(page, field.name))
            data[field.name] = texts.walk(field.stream_block, raw, lambda _block, leaf: leaf)
    for name, value in data.items():
        if isinstance(value, list) and name in {r.get_accessor_name() for r in page._meta.related_objects}:
            data[name] = [{k: v for k, v in row.items() if k not in ("pk", "page")} for row in value]
    found: dict[str, Any] = json.loads(json.dumps(data, default=str))
    return found


def sentences(wrong: ValidationError) -> list[str]:
    """What is wrong, with the names of the fields."""
    if not hasattr(wrong, "error_dict"):
        return wrong.messages
    return [f"{name}: {' '.join(found)}" for name, found in wrong.message_dict.items()]


def publish(page: Page, *, fields: dict[str, Any], by: Any) -> bool:
    """Give a page these values and publish it, unless it says all of that already; tell whether it was new.

    Raises TextUnreadableError naming the page when it may not be published like this."""
    before = said(page)
    for name, value in fields.items():
        setattr(page, name, value)
    if page.live and not page.has_unpublished_changes and page.live_revision_id and said(page) == before:
        return False
    try:
        page.save_revision(user=by).publish(user=by)
    except ValidationError as wrong:
        raise TextUnreadableError(f"{page.slug}: {'; '.join(sentences(wrong))}") from wrong
    page.refresh_from_db()
    return True


@contextmanager
def references_once() -> Iterator[None]:
    """Note what pages link to once at the end, for those with a new revision, not at each of many savings."""
    newest = Revision.objects.aggregate(newest=Max("pk"))["newest"] or 0
    with disable_reference_index_auto_update():
        yield
    changed = Revision.objects.filter(pk__gt=newest).values_list("object_id", flat=True)
    for page in Page.objects.filter(pk__in={int(number) for number in changed}).specific():
        ReferenceIndex.create_or_update_for_object(page)


@contextmanager
def searchable_once() -> Iterator[None]:
    """Put what was saved into the search index once at the end, kind by kind, not at each of many savings."""
    kinds = [kind for kind in index.get_indexed_models() if getattr(kind, "search_auto_update", True)]
    saved: set[tuple[type[Model], Any]] = set()

    def note(sender: type[Model], instance: Any, **_more: Any) -> None:
        saved.add((sender, instance.pk))

    for kind in kinds:
        post_save.disconnect(post_save_signal_handler, sender=kind)
        post_save.connect(note, sender=kind)
    try:
        yield
    finally:
        for kind in kinds:
            post_save.disconnect(note, sender=kind)
            post_save.connect(post_save_signal_handler, sender=kind)
    _index(saved)


def _index(saved: set[tuple[type[Model], Any]]) -> None:
    """Index rows by their kind and number. A page that was saved as a plain page is found as what it is."""
    numbers: dict[type[Any], set[Any]] = defaultdict(set)
    pages = Page.objects.in_bulk([pk for kind, pk in saved if issubclass(kind, Page)])
    for kind, pk in saved:
        if not issubclass(kind, Page):
            numbers[kind].add(pk)
        elif pk in pages:
            numbers[pages[pk].specific_class].add(pk)
    for kind, found in numbers.items():
        rows = list(kind.get_indexed_objects().filter(pk__in=found))
        for backend in get_search_backends(with_auto_update=True):
            backend.add_bulk(kind, rows)
