"""When the stages of a cohort open: the releases of its run sheet, worked out for one reader.

What they are worked out from comes along with an enrolment, as text (`stored`), so that no page asks the
database once more. Moving a date, a meeting or the cohort moves an opening at once: nothing is kept.
"""

import json
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from cms.core import json_rows
from courses.cohorts import telling_times
from courses.cohorts.dates import Anchor, Anchors, DaysOff, Rule, What, falls_at
from courses.cohorts.models import Cohort
from courses.cohorts.schedule import CohortDate
from courses.cohorts.sessions import LiveSession
from courses.progress.rules import Opening

Falls = tuple[tuple[int, datetime], ...]


def stored(cohort: str = "cohort") -> Subquery:
    """To annotate as `releases`: what says when stages open. `cohort` is the way to the cohort's number.

    NULL for most, at the cost of one look into an index.
    """
    session = LiveSession.objects.filter(
        cohort=OuterRef("cohort"), activity=OuterRef("session_activity"), cancelled_at=None
    )
    releases = CohortDate.objects.filter(cohort=OuterRef(cohort), what=What.RELEASE.value)
    return json_rows.listed(
        releases,
        by="cohort",
        stage=F("stage_number"),
        anchor=F("anchor"),
        days=F("offset_days"),
        clock=F("local_time"),
        on=F("on"),
        days_off=F("days_off"),
        begins=Subquery(session.order_by("starts_at").values("starts_at")[:1]),
    )


def of(releases: str | None, cohort: Cohort, at: datetime) -> tuple[Opening, ...]:
    """The stages of a cohort that open after this moment, for its learners. No query.

    `releases` is what `stored` gave. A stage with several releases opens with the last of them; one that
    hangs on a meeting without a date keeps nothing shut.
    """
    if releases is None:
        return ()
    there = ZoneInfo(cohort.time_zone)
    return _shown(_falls(releases, there, cohort.starts_on, cohort.ends_on), there, at)


def of_dates(dates: Falls, cohort: Cohort, at: datetime) -> tuple[Opening, ...]:
    """The same where the dates of the cohort are at hand: pairs of a stage's number and a moment."""
    return _shown(dates, ZoneInfo(cohort.time_zone), at)


def _shown(falls: Falls, there: ZoneInfo, at: datetime) -> tuple[Opening, ...]:
    last: dict[int, datetime] = {}
    for number, moment in falls:
        if moment > at:
            last[number] = max(moment, last.get(number, moment))
    own = ZoneInfo(timezone.get_current_timezone_name())
    return tuple(
        Opening(number, telling_times.moment(moment, own=own, there=there))
        for number, moment in sorted(last.items())
    )


@lru_cache(maxsize=1024)
def _falls(releases: str, zone: ZoneInfo, starts_on: date, ends_on: date | None) -> Falls:
    found = []
    for row in json.loads(releases):
        begins = json_rows.moment(row["begins"]) if row["begins"] else None
        rule = Rule(
            anchor=Anchor(row["anchor"]),
            offset_days=row["days"],
            at_time=time.fromisoformat(row["clock"]),
            on=date.fromisoformat(row["on"]) if row["on"] else None,
            activity_id=0,
            days_off=DaysOff(row["days_off"]),
        )
        moment = falls_at(rule, Anchors(zone, starts_on, ends_on, {0: begins} if begins else {}))
        if moment is not None:
            found.append((row["stage"], moment))
    return tuple(found)
