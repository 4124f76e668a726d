"""Everything that a course page says before anybody signs in, and what it offers to this visitor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Subquery
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from cms.core import places
from cms.core.json_ld import as_json
from cms.core.prepared import Prepared
from courses.catalogue import accreditation, durations, public, topics
from courses.catalogue.accreditation import AccreditationRecord
from courses.catalogue.models import Course, Edition
from courses.catalogue.pages import CoursePage
from courses.cohorts.models import Cohort
from courses.enrolment.rules import Answer
from courses.queries import joining, sharing, sizes
from courses.queries.joining import JoiningPanel, OpenCohort

CLAIM = ("body", "reference", "kind", "credits", "valid_from", "valid_until", "statement")


@dataclass(frozen=True, slots=True)
class TopicLink:
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """What the template of a course page needs besides the page itself."""

    panel: JoiningPanel
    glance: tuple[public.Fact, ...]
    hours: tuple[public.Fact, ...]
    stages: tuple[public.PublicStage, ...]
    accreditation: str
    certificate_kind: str
    people: tuple[public.Fact, ...]
    topics: tuple[TopicLink, ...]
    complaints_url: str
    data: SafeString


def course_facts(*, page: CoursePage, visitor: Any, at: datetime) -> CourseFacts:
    """Three queries, and one more for somebody who is signed in."""
    course, edition, claims = _published(page, at)
    outline = edition.outline if edition else None
    found = joining.open_cohorts(course_ids=[page.course_id], at=at, with_outlines=not sizes.are_known())
    cohorts = found.get(page.course_id, [])
    place = joining.place_of(visitor=visitor, course_id=page.course_id)
    complaints = places.find("complaints")
    shown = [entry for entry in cohorts if entry.answer is not Answer.CLOSED]
    data = sharing.course_data(page=page, outline=outline, cohorts=shown, provider=course.provider)
    minutes = _minutes(edition, shown)
    time = durations.ways(minutes)
    hours = public.hours(outline) if outline else []
    if len(set(minutes)) > 1:
        hours[0] = (hours[0][0], time)
    return CourseFacts(
        panel=joining.panel(cohorts=cohorts, place=place, at=at),
        glance=tuple(_glance(page, time)),
        hours=tuple(hours),
        stages=public.stages(outline),
        accreditation=" ".join(record.sentence for record in claims),
        certificate_kind=outline.certificate.kind if outline else page.certificate_kind,
        people=tuple(_people(page, course, edition)),
        topics=_topics(page),
        complaints_url=complaints.url if complaints else "",
        data=as_json(data),
    )


def _published(page: CoursePage, at: datetime) -> tuple[Course, Edition | None, list[AccreditationRecord]]:
    """The course, the edition that new learners get, and the records that cover today. One query."""
    rows: Sequence[Any] = _rows(page.course_id, at, accreditation.today(at)) if page.course_id else ()
    claims = [
        AccreditationRecord(**{name: getattr(row, f"claim_{name}") for name in CLAIM})
        for row in rows
        if row.claim_body is not None
    ]
    if not rows:
        # The preview of a page that is only begun may have no course.
        return page.course if page.course_id else Course(), None, claims
    return rows[0].course, rows[0], claims


def _with_claims(course: int, at: datetime, day: date) -> Any:
    # What somebody can join counts, also while a newer edition waits for its first cohort.
    joinable = Cohort.objects.filter(edition=OuterRef("pk")).exclude(enrolment_closes_at__lte=at)
    editions = Edition.objects.filter(course=course).annotate(is_joinable=Exists(joinable))
    newest = editions.order_by("-is_joinable", "-number").values("pk")[:1]
    covers = Q(course__accreditations__valid_from__lte=day, course__accreditations__valid_until__gte=day)
    return (
        Edition.objects.filter(pk=Subquery(newest))
        .select_related("course")
        .annotate(
            claim=FilteredRelation("course__accreditations", condition=covers),
            **{f"claim_{name}": F(f"claim__{name}") for name in CLAIM},
        )
        .order_by("claim__valid_from", "claim__pk")
    )


_rows: Prepared[Edition] = Prepared(_with_claims, int, datetime, date)


def _minutes(edition: Edition | None, shown: Sequence[OpenCohort]) -> list[tuple[int, int]]:
    """Minutes alone and with others, of the editions that can be joined; else of the newest. No query."""
    if edition is None:
        return []
    unread = {edition.pk: edition.frozen} | joining.frozen_of(shown)
    wanted = {entry.cohort.edition_id for entry in shown} or {edition.pk}
    known = sizes.of(wanted, unread=unread)
    return [(known[pk].alone, known[pk].together) for pk in wanted]


def _glance(page: CoursePage, time: str) -> list[public.Fact]:
    """What decides whether somebody reads on."""
    found: list[public.Fact] = [(_("Time"), time)] if time else []
    found.append((_("Cost"), page.cost_sentence))
    if page.prior_knowledge:
        found.append((_("What to know before"), page.prior_knowledge))
    found.append((_("Language"), str(get_language_info(settings.LANGUAGE_CODE)["name_local"])))
    return found


def _people(page: CoursePage, course: Course, edition: Edition | None) -> list[public.Fact]:
    """Who answers for the course, and how new it is."""
    found = [(_("Provider"), course.provider)]
    if course.delivery_partner:
        found.append((_("Delivery partner"), course.delivery_partner))
    if edition is not None:
        day = date_format(accreditation.today(edition.published_at), "DATE_FORMAT")
        words = {"number": edition.number, "date": day}
        found.append((_("Edition"), _("Edition %(number)d, published on %(date)s") % words))
    if page.reviewed_on:
        found.append((_("Last reviewed"), date_format(page.reviewed_on, "DATE_FORMAT")))
    found.append((_("Course code"), course.code))
    return found


def _topics(page: CoursePage) -> tuple[TopicLink, ...]:
    """The topics, each a link to the courses about it. One query."""
    catalogue = places.address("courses")
    return tuple(
        TopicLink(topic.name, f"{catalogue}?{urlencode({'topic': topic.slug})}") for topic in topics.of(page)
    )
