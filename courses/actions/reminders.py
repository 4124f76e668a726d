"""Writing the reminders of a day: one e-mail a person, and a notice for each.

Everybody with a course under way is looked at once a day, in batches, from eight in the morning. How far
that is stands in one row a day, so that a run that was cut short goes on where it stopped.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from courses.actions import tell
from courses.enrolment.models import Offer
from courses.enrolment.states import OfferState
from courses.messages import gathering, rules
from courses.messages.gathering import Gathered
from courses.messages.models import Notice, ReminderChoice, ReminderRun
from courses.messages.of_reminders import KINDS, ONLY_BY_EMAIL, kind_of
from courses.messages.rules import Due, Rule
from courses.outbox import writing as outbox

# No earlier in the day, by the site's own clock.
FIRST_HOUR = 8
BATCH = 200
BATCHES_A_RUN = 25
LAST_DAY = timedelta(hours=24)
# Who was only just asked is not pressed.
TIME_TO_THINK = timedelta(hours=12)
Keyed = tuple[Gathered, Due]


def write_due(*, at: datetime) -> int:
    """Write what people are to be reminded of today; return how many reminders. Safe to repeat."""
    here = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    if here.hour < FIRST_HOUR:
        return 0
    run, _new = ReminderRun.objects.get_or_create(day=here.date())
    written = 0
    for _batch in range(BATCHES_A_RUN if run.done_at is None else 0):
        more, is_done = _next_batch(run.pk, at=at)
        written += more
        if is_done:
            break
    return written


@transaction.atomic
def _next_batch(run_id: int, *, at: datetime) -> tuple[int, bool]:
    """How many reminders the next people get, and whether these were the last. One worker at a time."""
    run = ReminderRun.objects.select_for_update().get(pk=run_id)
    if run.done_at is not None:
        return 0, True
    learners = gathering.learners_after(run.upto, most=BATCH)
    if not learners:
        run.done_at = at
        run.save(update_fields=["done_at"])
        return 0, True
    written = _write(learners, day=run.day, at=at)
    run.upto = learners[-1]
    run.save(update_fields=["upto"])
    return written, False


def _write(learners: list[int], *, day: date, at: datetime) -> int:
    found = [(one, due) for one in gathering.facts_of(learners, at=at) for due in rules.due(one.facts, at)]
    wanted = _new(_wanted(found, learners, at), learners)
    if not wanted:
        return 0
    Notice.objects.bulk_create([_notice(one, due, at) for one, due in wanted], ignore_conflicts=True)
    by_learner: dict[int, list[Due]] = defaultdict(list)
    for one, due in wanted:
        by_learner[one.learner_id].append(due)
    payloads = [_entry(learner, dues, day) for learner, dues in by_learner.items()]
    outbox.write_many(kind="tell", payloads=payloads, at=at)
    return len(wanted)


def _wanted(found: list[Keyed], learners: Iterable[int], at: datetime) -> list[Keyed]:
    """Without those of people who want none now. That access ends is told in any case."""
    live = ReminderChoice.objects.filter(Q(until=None) | Q(until__gt=at), user__in=learners)
    quiet = set(live.values_list("user", "enrolment"))
    return [
        (one, due)
        for one, due in found
        if due.rule is Rule.ACCESS_ENDING
        or not {(one.learner_id, None), (one.learner_id, due.enrolment_id)} & quiet
    ]


def _new(found: list[Keyed], learners: Iterable[int]) -> list[Keyed]:
    """Without what was told before."""
    told = Notice.objects.filter(user__in=learners, kind__in=KINDS)
    before = set(told.values_list("user", "kind", "about"))
    return [(one, due) for one, due in found if (one.learner_id, kind_of(due.rule), due.about) not in before]


def _notice(one: Gathered, due: Due, at: datetime) -> Notice:
    ids = {"enrolment": due.enrolment_id, **({"target": due.target} if due.target is not None else {})}
    return Notice(
        user_id=one.learner_id,
        kind=kind_of(due.rule),
        about=due.about,
        ids=ids,
        cohort_id=one.cohort_id,
        at=at,
        # Who reads the site is there already: no number in the head of the page for that.
        read_at=at if due.rule in ONLY_BY_EMAIL else None,
    )


def _entry(learner: int, dues: list[Due], day: date) -> dict[str, object]:
    """One e-mail for all. That access ends has words of its own, if there is nothing else."""
    if [due.rule for due in dues] == [Rule.ACCESS_ENDING]:
        kind, about = kind_of(Rule.ACCESS_ENDING), dues[0].about
        return tell.entry(kind=kind, learner=learner, about=about, enrolment=dues[0].enrolment_id)
    return tell.entry(kind="reminders", learner=learner, about=f"day:{day}", day=int(f"{day:%Y%m%d}"))


@transaction.atomic
def write_ending_offers(*, at: datetime) -> int:
    """Remind people of a place that is kept for them for one more day; return how many. Safe to repeat."""
    about = Concat(Value("offer:"), Cast(OuterRef("pk"), CharField()))
    told = Notice.objects.filter(user=OuterRef("learner"), kind="offer_ending", about=about)
    ending = Offer.objects.filter(
        ~Exists(told),
        status=OfferState.OPEN.value,
        learner__isnull=False,
        answer_by__gt=at,
        answer_by__lte=at + LAST_DAY,
        made_at__lte=at - TIME_TO_THINK,
    ).filter(made_at__lte=F("answer_by") - LAST_DAY)
    found = list(ending.values_list("pk", "learner", "cohort")[: BATCH * BATCHES_A_RUN])
    notices = [
        Notice(
            user_id=learner,
            kind="offer_ending",
            about=f"offer:{pk}",
            ids={"offer": pk},
            cohort_id=cohort,
            at=at,
        )
        for pk, learner, cohort in found
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    payloads = [
        tell.entry(kind="offer_ending", learner=learner or 0, about=f"offer:{pk}", offer=pk)
        for pk, learner, _cohort in found
    ]
    return outbox.write_many(kind="tell", payloads=payloads, at=at)
