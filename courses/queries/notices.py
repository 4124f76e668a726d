"""A person's notices: the newest on the dashboard, all on a page, and one with its words."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Window
from django.utils.translation import gettext as _

from cms.core import unread
from courses.messages import kinds, writing
from courses.messages.kinds import KindUnknown, MessageKind, Said
from courses.messages.models import MessageTemplate, Notice
from courses.messages.writing import Part

ON_DASHBOARD = 3
# Older ones are on the page of all notices, and no longer the first thing somebody sees.
FRESH = timedelta(days=30)
ON_A_PAGE = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One notice in a list. `about` names the course, and is empty when there is none."""

    id: int
    title: str
    about: str
    at: datetime
    is_read: bool


@dataclass(frozen=True, slots=True)
class OnDashboard:
    """The newest unread notices, and how many more there are."""

    lines: list[Line]
    more: int


@dataclass(frozen=True, slots=True)
class Opened:
    """One notice with its words, drawn now. Without `parts` it no longer holds.

    `url` is where it leads, as it stands in the parts.
    """

    line: Line
    parts: tuple[Part, ...]
    url: str


@unread.counts_unread
def count(person_id: int) -> int:
    """How many notices somebody has not read."""
    return Notice.objects.filter(user=person_id, read_at=None).count()


def unread_of(person: Any) -> int:
    """The same for a person, as the head of every page shows it."""
    return unread.unread(person.pk)


def on_dashboard(*, person: Any, at: datetime, without: Collection[tuple[str, int]] = ()) -> OnDashboard:
    """What to show first on the dashboard. One query, whatever the number of notices; none without any.

    `without` are ids, each with its name, of what the dashboard itself says: notices of them are left out.
    """
    if not unread.unread(person.pk):
        return OnDashboard([], more=0)
    rows = _with_course(Notice.objects.filter(user=person, read_at=None, at__gt=at - FRESH))
    for name, pk in without:
        rows = rows.exclude(**{f"ids__{name}": pk})
    found = list(rows.annotate(number=Window(Count("pk")))[:ON_DASHBOARD])
    number = found[0].number if found else 0
    return OnDashboard([_line(row) for row in found], more=number - len(found))


def page(*, person: Any, number: str) -> Page[Any]:
    """One page of all notices, the newest first. Two queries."""
    rows = _with_course(Notice.objects.filter(user=person))
    found: Page[Any] = Paginator(rows, ON_A_PAGE).get_page(number)
    found.object_list = [_line(row) for row in found.object_list]
    return found


def opened(*, person: Any, notice_id: int, at: datetime) -> Opened:
    """One notice in the words of its e-mail. Raises Notice.DoesNotExist when it is not theirs."""
    notice = _with_course(Notice.objects.filter(user=person)).get(pk=notice_id)
    kind, said = said_of(notice, person=person, at=at)
    if kind is None or said is None:
        return Opened(_line(notice), (), "")
    own: MessageTemplate | None = writing.own_words(kind.name)
    text = writing.text_of(kind, said=said, name=person.printed_name, own=own)
    return Opened(_line(notice), tuple(writing.parts(text)), writing.full(said.url))


def said_of(notice: Notice, *, person: Any, at: datetime) -> tuple[MessageKind | None, Said | None]:
    """What a notice tells now; nothing when what it was about is gone."""
    try:
        kind = kinds.find(notice.kind)
        return kind, kind.said(ids=notice.ids, person=person, at=at)
    except (KindUnknown, ObjectDoesNotExist):
        return None, None


def _with_course(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    related = notices.select_related("cohort__edition__course")
    return related.defer("cohort__edition__frozen").order_by("-at", "-pk")


def _line(notice: Notice) -> Line:
    try:
        title = str(kinds.find(notice.kind).title)
    except KindUnknown:
        title = _("A notice")
    about = notice.cohort.edition.course.title if notice.cohort else ""
    return Line(notice.pk, title, about, notice.at, is_read=notice.read_at is not None)
