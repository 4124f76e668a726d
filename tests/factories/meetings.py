"""A course with live sessions, its dated cohort, and sessions planned by the product's own action."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cms.users.models import User
from courses.actions import attendance, calendars, editions, run_sheets, sessions
from courses.actions.run_sheets import DateDetails
from courses.actions.sessions import Details
from courses.catalogue.outline import Kind
from courses.catalogue.pages import LiveSessionPage
from courses.cohorts import dates
from courses.cohorts.dates import Anchor, What
from courses.cohorts.models import Cohort, CohortStaff
from courses.cohorts.schedule import CohortDate
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment
from courses.progress.attendance import WalkIn
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse

MINUTES = 120


def course(
    *, at: datetime, meetings: int = 3, needed: int | None = None, make_up: bool = True, **cohort: Any
) -> BuiltCourse:
    """A lesson, so many meetings of two hours, and a dated cohort around `at`. Nothing is gated."""
    fields = {"meetings": meetings, "needed": needed, "make_up": make_up, **cohort}
    key = ("meet", at, *sorted(fields.items()))
    return build.remembered(key, lambda: _course(at=at, **fields))


def _course(*, at: datetime, meetings: int, needed: int | None, make_up: bool, **cohort: Any) -> BuiltCourse:
    page = build.course_page(code="MEET", slug="meet-course", sessions_needed=needed)
    stage = build.stage(page, "Meeting each other", is_gated=False)
    build.lesson(stage, "Before we meet")
    for number in range(1, meetings + 1):
        meeting(stage, f"Meeting {number}", make_up=make_up)
    edition = editions.publish(course_page=page, by=publisher(), at=at)
    return BuiltCourse(page=page, edition=edition, cohort=dated_cohort(edition, at=at, **cohort))


def meeting(stage: Any, title: str, *, make_up: bool = True, **fields: Any) -> LiveSessionPage:
    body = [("paragraph", f"<p>{build.SECRET_LESSON} of {title}</p>")]
    task = "<p>Write half a page.</p>" if make_up else ""
    page = LiveSessionPage(title=title, body=body, participatory_minutes=MINUTES, make_up=task, **fields)
    return build._add(stage, page)


def dated_cohort(edition: Any, *, at: datetime, **fields: Any) -> Cohort:
    """From a week before to twelve weeks after, open for joining."""
    day = at.date()
    defaults = {
        "name": "Autumn group",
        "is_rolling": False,
        "starts_on": day - timedelta(days=7),
        "ends_on": day + timedelta(days=84),
        "enrolment_opens_at": at - timedelta(days=30),
        "enrolment_closes_at": at + timedelta(days=60),
    }
    return build.cohort(edition, at=at, **{**defaults, **fields})


def publisher() -> User:
    return User.objects.get_or_create(email="publisher-meet@example.org")[0]


def facilitator(cohort: Cohort, person: User, role: str = CohortStaff.Role.FACILITATOR) -> User:
    CohortStaff.objects.create(cohort=cohort, user=person, role=role)
    return person


def ids(course: BuiltCourse) -> list[int]:
    """The activities of the meetings, in order."""
    return course.ids(Kind.LIVE_SESSION)


def plan(
    course: BuiltCourse, *, by: User, at: datetime, days: tuple[int, ...] = (0, 7, 14), clock: str = "10:00"
) -> list[LiveSession]:
    """Plan the first meetings, so many days from `at`, at this time of the clock, for two hours."""
    return [
        sessions.add(
            cohort_id=course.cohort.pk,
            activity_id=activity_id,
            details=details(course, on=at.date() + timedelta(days=away), clock=clock),
            by=by,
            at=at,
        )
        for activity_id, away in zip(ids(course), days, strict=False)
    ]


def details(course: BuiltCourse, *, on: date, clock: str = "10:00", **fields: Any) -> Details:
    """Two hours from this time of the clock in the cohort's own zone."""
    begins = dates.moment(on, time.fromisoformat(clock), ZoneInfo(course.cohort.time_zone))
    said = {"title": f"We meet on {on}", "place": "Quaker House, Upper Room"}
    return Details(**{**said, "starts_at": begins, "ends_at": begins + timedelta(minutes=MINUTES), **fields})


@dataclass(frozen=True)
class OneOfEach:
    """A session that is on half an hour after `at`, with everything that hangs on sessions."""

    session: LiveSession
    walk_in: WalkIn
    date: CohortDate
    feed: str


def one_of_each(
    course: BuiltCourse,
    enrolment: Enrolment,
    *,
    by: User,
    at: datetime,
    name: str = "Wanda Walker",
    email: str = "",
) -> OneOfEach:
    """The learner has sent word, somebody walked in, a deadline hangs on the session, and a calendar asks."""
    begins = at + timedelta(minutes=30)
    session = LiveSession.objects.filter(cohort=course.cohort, cancelled_at=None).first() or sessions.add(
        cohort_id=course.cohort.pk,
        activity_id=ids(course)[0],
        details=Details(title="We meet", starts_at=begins, ends_at=begins + timedelta(minutes=MINUTES)),
        by=by,
        at=at,
    )
    attendance.renew_word(session_id=session.pk, by=by, at=at)
    attendance.apologise(session_id=session.pk, enrolment_id=enrolment.pk, learner=enrolment.learner, at=at)
    walk_in = attendance.add_walk_in(
        session_id=session.pk, name=name, email=email, by=by, at=at + timedelta(minutes=40)
    )
    follows = DateDetails(
        what=What.DEADLINE,
        anchor=Anchor.SESSION,
        session_activity_id=session.activity_id,
        offset_days=3,
        local_time=time(9, 0),
        text="Read chapter two",
    )
    date = run_sheets.add_date(cohort_id=course.cohort.pk, details=follows, by=by, at=at)
    feed = calendars.make(user=enrolment.learner, at=at)
    session.refresh_from_db()
    return OneOfEach(session=session, walk_in=walk_in, date=date, feed=feed)
