"""The demo's groups with dates: cohorts of an edition with meetings, some over, some under way, some to come.

Safe to repeat: a group that is there keeps its dates.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cms.users.models import User
from courses.actions import sessions
from courses.actions.sessions import Details
from courses.catalogue.models import Edition
from courses.catalogue.outline import ActivityOutline
from courses.cohorts.application_forms import ApplicationForm, ApplicationQuestion
from courses.cohorts.models import Cohort
from courses.cohorts.prerequisites import Prerequisite
from courses.cohorts.sessions import LiveSession

TUESDAY = 1
BEGINS = time(10, 30)
PLACE = "Meeting room 1, Example Library (made up)"
ACCESS = (
    "There are no steps. The room has a hearing loop, and a quiet room is next door. Say if you need more."
)
FORM = "Older people as researchers"
INTRO = (
    "<p>There are twelve places. We choose so that people with different lives meet each other. You need no "
    "certificates. You hear from us within two weeks after the last day to apply.</p>"
)
QUESTIONS = (
    ("Why would you like to join?", "A few sentences are enough."),
    (
        "Is there anything we should know?",
        "For example about days, the way to us, or what helps you to take part.",
    ),
)
# A course that meets as often as this is taught in long groups.
MANY = 6


@dataclass(frozen=True, slots=True)
class Plan:
    """A group, and how many weeks from now its first meeting is (before now, if negative).

    `weeks_between` are the weeks from one meeting to the next. `declaration` is a sentence that people agree
    to before they join, `check` what the team checks and what they should do about it.
    """

    name: str
    first_in_weeks: int
    weeks_between: int = 1
    joining: str = Cohort.Joining.OPEN.value
    capacity: int = 12
    declaration: str = ""
    check: tuple[str, str] = ("", "")


FINISHED, RUNNING, COMING = "First group", "Second group", "Third group"
NEXT, LATER = "Workshops, first group", "Workshops, second group"
LONG = (
    Plan(FINISHED, -16),
    Plan(RUNNING, -2),
    Plan(
        COMING,
        7,
        joining=Cohort.Joining.APPLICATION.value,
        check=(
            "A basic vetting check, because you will visit people at home",
            "We send you the form when you have applied. Ask us if you need help with it.",
        ),
    ),
)
SHORT = (
    Plan(NEXT, 2, weeks_between=4),
    Plan(
        LATER,
        9,
        weeks_between=4,
        declaration="I can come to both workshops, or I will say early if I cannot.",
    ),
)


def make(edition: Edition, *, at: datetime) -> list[Cohort]:
    """The groups of an edition that meets, in the order of their dates."""
    meetings = len(edition.outline.planned_sessions)
    plans = LONG if meetings >= MANY else SHORT
    found = []
    for plan in plans:
        known = Cohort.objects.filter(edition__course=edition.course, name=plan.name).first()
        found.append(known or _open(edition, plan, meetings, at=at))
    return found


def _open(edition: Edition, plan: Plan, meetings: int, *, at: datetime) -> Cohort:
    first = first_day(plan, at=at)
    last = first + timedelta(weeks=plan.weeks_between * (meetings - 1))
    begins = _moment(first, BEGINS)
    # Who applies hears from the team before the first meeting, and can still say no.
    chooses = plan.joining == Cohort.Joining.APPLICATION
    closes = begins - timedelta(weeks=4) if chooses else begins
    made: Cohort = Cohort.objects.create(
        edition=edition,
        name=plan.name,
        is_rolling=False,
        starts_on=first - timedelta(days=7),
        ends_on=last + timedelta(days=14),
        enrolment_opens_at=begins - timedelta(weeks=12),
        enrolment_closes_at=closes,
        capacity=plan.capacity,
        joining=plan.joining,
        application_form=_form() if chooses else None,
        place=PLACE,
        access_notes=ACCESS,
        # Who gets a place later may miss the first three meetings, as anybody may.
        offers_until=begins + timedelta(weeks=3 * plan.weeks_between),
    )
    if plan.declaration:
        Prerequisite.objects.create(
            cohort=made, kind=Prerequisite.Kind.DECLARATION, words=plan.declaration, sort_order=0
        )
    name, next_step = plan.check
    if name:
        Prerequisite.objects.create(
            cohort=made, kind=Prerequisite.Kind.CHECK, words=name, next_step=next_step, sort_order=1
        )
    return made


def _form() -> ApplicationForm:
    """What people are asked who apply. Safe to repeat."""
    form: ApplicationForm
    form, is_new = ApplicationForm.objects.get_or_create(title=FORM, defaults={"intro": INTRO})
    if is_new:
        for place, (question, help_text) in enumerate(QUESTIONS):
            ApplicationQuestion.objects.create(
                form=form,
                sort_order=place,
                label=question,
                help_text=help_text,
                kind=ApplicationQuestion.Kind.MULTILINE,
                is_required=place == 0,
            )
    return form


def first_day(plan: Plan, *, at: datetime) -> date:
    """The Tuesday so many weeks from this week's."""
    today = at.date()
    return today + timedelta(days=TUESDAY - today.weekday(), weeks=plan.first_in_weeks)


def _moment(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=ZoneInfo("Europe/London"))


def plan_sessions(cohort: Cohort, *, by: User, at: datetime) -> list[LiveSession]:
    """Plan every meeting of a group, week after week. Safe to repeat."""
    meetings = cohort.edition.outline.planned_sessions
    if cohort.is_rolling or not meetings:
        return []
    there = {session.activity_id for session in cohort.sessions.all()}
    plan = next(plan for plan in (*LONG, *SHORT) if plan.name == cohort.name)
    first = cohort.starts_on + timedelta(days=7)
    for place, activity in enumerate(meetings):
        if activity.activity_id not in there:
            day = first + timedelta(weeks=plan.weeks_between * place)
            sessions.add(
                cohort_id=cohort.pk,
                activity_id=activity.activity_id,
                details=_details(activity, day),
                by=by,
                at=at,
            )
    return list(cohort.sessions.order_by("starts_at"))


def _details(activity: ActivityOutline, day: date) -> Details:
    begins = _moment(day, BEGINS)
    ends = begins + timedelta(minutes=activity.participatory_minutes)
    return Details(title=activity.title, starts_at=begins, ends_at=ends, place=PLACE)
