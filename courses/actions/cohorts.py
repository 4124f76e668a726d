"""A new cohort from an earlier one, and the people of a cohort taken to a newer edition."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from courses.actions import enrol, moving
from courses.actions.refusals import ActionRefused
from courses.catalogue.models import Edition
from courses.cohorts.dates import shifted
from courses.cohorts.models import Cohort, CohortReserve, CohortStaff
from courses.cohorts.prerequisites import Prerequisite
from courses.cohorts.schedule import CohortDate
from courses.cohorts.sessions import LiveSession
from courses.enrolment.applications import Application
from courses.enrolment.models import Enrolment, Offer, Place, WaitingEntry
from courses.enrolment.states import STILL_WAITING, ApplicationState, OfferState

OPENED, TAKEN_OVER = "courses.open_again", "courses.newer_edition"
# What a new cohort is told anew or works out from its first day; every other field is copied.
OWN = frozenset({"id", "name", "edition", "starts_on"})
DAYS = ("ends_on", "access_ends_on")
MOMENTS = ("enrolment_opens_at", "enrolment_closes_at", "offers_until")
WAITS_FOR_US = [ApplicationState.SUBMITTED.value, ApplicationState.MORE_INFORMATION.value]
# More would take longer than somebody waits for a page; and who looks through so many names?
MOST_PEOPLE = 500


class CohortRefused(ActionRefused):
    """The cohort was not opened, or nobody was taken over."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A cohort that is not there yet, with its sessions and dates. Nothing of it is stored."""

    cohort: Cohort
    sessions: list[tuple[LiveSession, LiveSession]]
    left_out: list[str]
    dates: list[CohortDate]
    reserves: list[CohortReserve]
    staff: list[CohortStaff]
    prerequisites: list[Prerequisite]


def planned(
    *,
    cohort: Cohort,
    edition: Edition,
    name: str,
    starts_on: date,
    at: datetime,
    opens_at: datetime | None = None,
) -> Planned:
    """What a new cohort from this one would be. Six queries; nothing is written.

    `opens_at` is when joining opens; None: as long before the first day as it was.

    Every day and time is as many days after the first day as it was, at the same time of the clock of
    the cohort's zone. A session whose activity the edition does not have is left out, by its title.
    """
    days, zone = (starts_on - cohort.starts_on).days, ZoneInfo(cohort.time_zone)
    new = Cohort(name=name, edition=edition, starts_on=starts_on, **_copied(cohort))
    for field in DAYS:
        old_day = getattr(cohort, field)
        setattr(new, field, old_day + timedelta(days=days) if old_day else None)
    for field in MOMENTS:
        moment = getattr(cohort, field)
        setattr(new, field, shifted(moment, days, zone) if moment else None)
    new.enrolment_opens_at = opens_at or new.enrolment_opens_at
    sessions = list(LiveSession.objects.filter(cohort=cohort, cancelled_at=None))
    held = {activity.activity_id for activity in edition.outline.activities}
    return Planned(
        cohort=new,
        sessions=[
            (one, _session_again(one, new, days, zone, at)) for one in sessions if one.activity_id in held
        ],
        left_out=[one.title for one in sessions if one.activity_id not in held],
        dates=[_date_again(one, new, days) for one in CohortDate.objects.filter(cohort=cohort)],
        reserves=[_again(one, cohort=new) for one in CohortReserve.objects.filter(cohort=cohort)],
        staff=[
            _again(one, cohort=new)
            for one in CohortStaff.objects.filter(
                cohort=cohort, user__is_active=True, user__erased_at=None
            ).select_related("user")
        ],
        prerequisites=[_again(one, cohort=new) for one in Prerequisite.objects.filter(cohort=cohort)],
    )


def wrong_opening(cohort: Cohort, *, at: datetime) -> str:
    """Why people could not join a planned cohort from when it says, or nothing. To the minute.

    Nobody joins before somebody has looked at its dates, so joining never opens in the past.
    """
    if cohort.enrolment_opens_at < at.replace(second=0, microsecond=0):
        return _("The time when joining opens would be over already. Choose from when people can join.")
    closes = cohort.enrolment_closes_at
    if closes is not None and closes <= cohort.enrolment_opens_at:
        return _("Joining would close before it opens. Choose an earlier time, or a later first day.")
    return ""


def _copied(cohort: Cohort) -> dict[str, Any]:
    names = [field.name for field in Cohort._meta.concrete_fields]
    return {name: getattr(cohort, name) for name in names if name not in {*OWN, *DAYS, *MOMENTS}}


def _again(row: Any, **changed: Any) -> Any:
    """The same row once more, not stored yet."""
    fields = {
        field.name: getattr(row, field.name) for field in row._meta.concrete_fields if not field.primary_key
    }
    return type(row)(**{**fields, **changed})


def _session_again(old: LiveSession, cohort: Cohort, days: int, zone: ZoneInfo, at: datetime) -> LiveSession:
    """A meeting of its own in calendars, with a new word for the room."""
    made: LiveSession = _again(
        old,
        cohort=cohort,
        starts_at=shifted(old.starts_at, days, zone),
        ends_at=shifted(old.ends_at, days, zone),
        uid=uuid4(),
        sequence=0,
        changed_at=at,
        word="",
    )
    return made


def _date_again(old: CohortDate, cohort: Cohort, days: int) -> CohortDate:
    made: CohortDate = _again(old, cohort=cohort, on=old.on + timedelta(days=days) if old.on else None)
    return made


@transaction.atomic
def open_again(  # noqa: PLR0913 - each is one thing that a new cohort is told anew
    *,
    cohort_id: int,
    edition_id: int,
    name: str,
    starts_on: date,
    by: Any,
    at: datetime,
    opens_at: datetime | None = None,
) -> Cohort:
    """Open a new cohort with the rules, team, sessions and dates of an earlier one, and none of its people.

    `opens_at` as in `planned`. Raises Cohort.DoesNotExist and CohortRefused, for example when there is one
    of that name and day, or when joining would open in the past.
    """
    old = Cohort.objects.select_for_update(of=("self",)).select_related("edition").get(pk=cohort_id)
    edition = Edition.objects.filter(pk=edition_id, course=old.edition.course_id).first()
    name = " ".join(name.split())
    if edition is None or edition.number < old.edition.number:
        raise CohortRefused(_("Please choose the edition of the earlier cohort or a newer one."))
    if not name:
        raise CohortRefused(_("Please give the new cohort a name."))
    same = Cohort.objects.filter(edition__course=edition.course_id, name=name, starts_on=starts_on)
    if same.exists():
        raise CohortRefused(
            _("There is a cohort of that name and first day already. Give this one another name.")
        )
    plan = planned(cohort=old, edition=edition, name=name, starts_on=starts_on, at=at, opens_at=opens_at)
    wrong = wrong_opening(plan.cohort, at=at)
    if wrong:
        raise CohortRefused(wrong)
    _store(plan)
    log(plan.cohort, OPENED, user=by, timestamp=at, data={"from": old.pk})
    return plan.cohort


def _store(plan: Planned) -> None:
    """The cohort first, so that everything else can point at it."""
    plan.cohort.save()
    sessions = [new for _old, new in plan.sessions]
    for rows in (sessions, plan.dates, plan.reserves, plan.staff, plan.prerequisites):
        for row in rows:
            row.cohort = plan.cohort
            row.save(force_insert=True)


def standing_in_the_way(cohort: Cohort) -> list[str]:
    """What must be settled before people of a cohort can be taken to a newer edition. Three queries."""
    found = []
    if Offer.objects.filter(cohort=cohort, status=OfferState.OPEN.value).exists():
        found.append(_("Offers of places are open. Wait until they are answered, or take them back."))
    if Place.objects.filter(cohort=cohort, reason=Place.Reason.SEAT).exists():
        found.append(_("Organisations have seats here that nobody has claimed. Take them back first."))
    if Application.objects.filter(cohort=cohort, status__in=WAITS_FOR_US).exists():
        found.append(_("Applications wait for an answer. Answer them first."))
    return found


@transaction.atomic
def take_to_newer_edition(  # noqa: PLR0913 - all by keyword
    *,
    cohort_id: int,
    edition_id: int,
    enrolment_ids: Sequence[int],
    name: str,
    by: Any,
    at: datetime,
    reason: str,
) -> Cohort:
    """Open a cohort with a newer edition beside this one, and move these people into it with their work.

    Whoever has finished, and whoever is not among `enrolment_ids`, stays where they are, with the edition
    they began with. Joining the old cohort closes; who waits for a place, and the sessions and dates that
    are still to come, go along. Whole or not at all.
    Raises Cohort.DoesNotExist, and CohortRefused or EnrolmentRefused with what to do first.
    """
    enrol.lock_cohort(cohort_id)
    old = Cohort.objects.select_related("edition").get(pk=cohort_id)
    edition = Edition.objects.filter(pk=edition_id, course=old.edition.course_id).first()
    _check(old, edition, enrolment_ids, reason)
    plan = planned(cohort=old, edition=edition, name=name, starts_on=old.starts_on, at=at)  # type: ignore[arg-type]
    # Places that are kept back concern who joins: nobody who goes along may be refused for them.
    if plan.cohort.capacity is not None:
        plan.cohort.capacity = max(plan.cohort.capacity, len(set(enrolment_ids)))
    _store(replace(plan, sessions=[], dates=[], reserves=[]))
    _bring_along(old, plan.cohort, at=at)
    for pk in sorted(set(enrolment_ids)):
        moving.move(
            enrolment_id=pk,
            to_cohort_id=plan.cohort.pk,
            kind=moving.TRANSFERRED,
            by=by,
            at=at,
            reason=reason,
            with_seat=True,
            # They go on with what they have: nobody joins anew.
            past_prerequisites=True,
        )
    for reserve in plan.reserves:
        reserve.cohort = plan.cohort
        reserve.save(force_insert=True)
    Cohort.objects.filter(pk=old.pk).update(
        enrolment_closes_at=max(at, old.enrolment_opens_at + timedelta(seconds=1))
    )
    log(
        old, TAKEN_OVER, user=by, timestamp=at, data={"to": plan.cohort.pk, "people": len(set(enrolment_ids))}
    )
    return plan.cohort


def _check(old: Cohort, edition: Edition | None, enrolment_ids: Collection[int], reason: str) -> None:
    if edition is None or edition.number <= old.edition.number:
        raise CohortRefused(_("There is no newer edition of this course."))
    if not reason.strip():
        raise CohortRefused(_("Please say why. The reason is kept with the record."))
    if len(set(enrolment_ids)) > MOST_PEOPLE:
        raise CohortRefused(_("These are too many people. Open a new cohort for new learners instead."))
    if in_the_way := standing_in_the_way(old):
        raise CohortRefused(" ".join(in_the_way))
    here = Enrolment.objects.filter(pk__in=enrolment_ids, cohort=old).count()
    if not enrolment_ids or here < len(set(enrolment_ids)):
        raise CohortRefused(_("Please choose the people of this cohort who go on with the newer edition."))


def _bring_along(old: Cohort, new: Cohort, *, at: datetime) -> None:
    """Who waits, and what is still to come. A session keeps its name in calendars; what was held stays."""
    held = {activity.activity_id for activity in new.edition.outline.activities}
    WaitingEntry.objects.filter(cohort=old, status__in=[s.value for s in STILL_WAITING]).update(cohort=new)
    to_come = LiveSession.objects.filter(cohort=old, starts_at__gt=at, activity__in=held)
    to_come.update(cohort=new)
    for row in CohortDate.objects.filter(cohort=old):
        _again(row, cohort=new).save(force_insert=True)
