"""The words of messages for the staff who edit them: the list, one kind, its history, and a preview."""

from dataclasses import dataclass
from datetime import datetime
from inspect import signature
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _
from wagtail.models import ModelLogEntry

from cms.core import mails
from courses.actions.message_words import CHANGED
from courses.enrolment.models import Enrolment
from courses.messages import kinds, writing
from courses.messages.kinds import MessageKind, Said
from courses.messages.models import MessageTemplate, Notice
from courses.messages.writing import Written

MOST_LEARNERS = 50
MOST_CHANGES = 20
GIVEN = {"person", "at"}


@dataclass(frozen=True, slots=True)
class KindInList:
    """One kind, and whether staff have changed its words."""

    name: str
    title: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history. Without `body`, the standard words were taken again."""

    at: datetime
    by: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Preview:
    """A message as a learner would get it. `made_up` are the placeholders without real data here."""

    written: Written
    learner: str
    made_up: tuple[str, ...]


def all_kinds() -> list[KindInList]:
    """Every kind by its title, those that share words once. One query."""
    own = set(MessageTemplate.objects.values_list("kind", flat=True))
    return [KindInList(kind.name, str(kind.title), kind.name in own) for kind in kinds.all_kinds()]


def standard_words(kind: MessageKind) -> tuple[str, str]:
    """The subject and body that are sent without staff's own words, with placeholders in braces."""
    subject, body = mails.words(kind.template, writing.example(kind))
    return subject, writing.GAP.sub("\n\n", body).strip()


def history(kind: MessageKind) -> list[Change]:
    """Who changed the words and when, the newest first. At most two queries."""
    content_type = ContentType.objects.get_for_model(MessageTemplate)
    found = ModelLogEntry.objects.filter(content_type=content_type, data__kind=kind.name)
    rows = found.select_related("user").order_by("-timestamp", "-pk")
    return [
        Change(
            at=row.timestamp,
            by=row.user.get_full_name() if row.user else "",
            subject=row.data.get("subject", ""),
            body=row.data.get("body", "") if row.action == CHANGED else "",
        )
        for row in rows[:MOST_CHANGES]
    ]


def learners() -> list[Enrolment]:
    """Whose data a preview can show: the newest learners of the newest cohort that has any. Two queries."""
    newest = Enrolment.objects.order_by("-cohort__starts_on", "-cohort", "-pk").values("cohort")[:1]
    found = Enrolment.objects.filter(cohort__in=newest, learner__erased_at=None).select_related("learner")
    return list(found.order_by("-started_at", "-pk")[:MOST_LEARNERS])


def preview(*, kind: MessageKind, subject: str, body: str, enrolment_id: int, at: datetime) -> Preview:
    """The words with the data of one learner. Raises Enrolment.DoesNotExist.

    Real is what the kind says of this enrolment, or of something of this learner that they were told of
    before; what neither knows is shown as its name.
    """
    related = ("learner", "cohort__edition__course")
    enrolment = Enrolment.objects.select_related(*related).get(pk=enrolment_id)
    person = enrolment.learner
    said = _said(kind, enrolment, at) or Said({}, "/learning/", enrolment.cohort_id)
    known = {
        "course_title": enrolment.cohort.edition.course.title,
        "cohort_name": enrolment.cohort.name,
        "dates": enrolment.cohort.dates_sentence,
        "learner_name": person.printed_name,
        **said.words,
    }
    made_up = tuple(name for name in kind.placeholders if name not in known)
    words = {**{name: _("(here stands: %(name)s)") % {"name": name} for name in made_up}, **known}
    own = MessageTemplate(kind=kind.name, subject=subject, body=body)
    written = writing.write(kind, said=said._replace(words=words), name=person.printed_name, own=own)
    return Preview(written, person.get_full_name(), made_up)


def _said(kind: MessageKind, enrolment: Enrolment, at: datetime) -> Said | None:
    """What there is to tell this learner, from the enrolment alone or from what they were told before."""
    person = enrolment.learner
    needed = set(signature(kind.say).parameters) - GIVEN
    ids: list[dict[str, Any]] = [{"enrolment": enrolment.pk}] if needed == {"enrolment"} else []
    told = Notice.objects.filter(user=person, kind=kind.name)
    ids += [notice.ids for notice in told.order_by("-at")[:1]]
    for known in ids:
        try:
            said = kind.said(ids=known, person=person, at=at)
        except (ObjectDoesNotExist, TypeError):
            continue
        if said is not None:
            return said
    return None
