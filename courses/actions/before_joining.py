"""What a cohort asks for before somebody takes a place: how people stand with it, and what to do next.

The same rule for every way in; `enrol.check_prerequisites` asks here before it lets somebody in.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from courses.cohorts.prerequisites import IN_ORDER, Prerequisite
from courses.enrolment import prerequisite_rules as rules
from courses.enrolment.prerequisite_rules import (
    Check,
    Facts,
    Judged,
    Rule,
    State,
    missing,
)
from courses.enrolment.prerequisites import Declaration, StaffCheck
from courses.progress.models import Completion

Kind = Prerequisite.Kind
# The account of a visitor without one.
NOBODY = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a cohort asks for, and how somebody stands with it."""

    rule: Prerequisite
    judged: Judged
    day: str = ""

    @property
    def is_met(self) -> bool:
        return self.judged.is_met

    @property
    def can_be_said(self) -> bool:
        return self.judged.can_be_said

    @property
    def id(self) -> int:
        return int(self.rule.pk)

    @property
    def url(self) -> str:
        """Where the course is that must be finished; empty when its page is not published."""
        page = getattr(self.rule.course, "page", None)
        return (page.url or "") if page is not None and page.live else ""

    @property
    def title(self) -> str:
        """What is asked for, in words."""
        return title_of(self.rule)

    @property
    def sentence(self) -> str:
        """How it stands, and the next step while it is missing."""
        return _SENTENCES[self.judged.state](self)

    @property
    def for_team(self) -> str:
        """How it stands, for the people who look after the cohort."""
        label = str(_FOR_TEAM[self.judged.state])
        return f"{label}, {self.day}" if self.day else label

    @property
    def is_check(self) -> bool:
        return self.rule.kind == Kind.CHECK.value


def title_of(rule: Prerequisite) -> str:
    """What is asked for, the same for everybody."""
    if rule.course is not None:
        return _("Finish the course “%(title)s”") % {"title": rule.course.title}
    return rule.words


_FOR_TEAM = {
    State.MET: lazy("Done"),
    State.UNFINISHED: lazy("Not finished yet"),
    State.UNSAID: lazy("Not agreed to yet"),
    State.UNCHECKED: lazy("Nothing recorded yet"),
    State.NOT_CONFIRMED: lazy("Not confirmed"),
    State.LAPSED: lazy("Ran out"),
}


def _met(one: Asked) -> str:
    if one.rule.kind == Kind.COURSE:
        return _("You finished it on %(date)s.") % {"date": one.day}
    if one.rule.kind == Kind.CHECK:
        return _("The team confirmed this on %(date)s.") % {"date": one.day}
    return _("You agreed to this on %(date)s.") % {"date": one.day} if one.day else _("You agree to this.")


def _unfinished(one: Asked) -> str:
    return _("You have not finished it yet. Take that course first, then come back.")


def _unsaid(one: Asked) -> str:
    return _("You agree to this when you take your place.")


def _unchecked(one: Asked) -> str:
    return " ".join([_("The team confirms this with you."), one.rule.next_step]).strip()


def _not_confirmed(one: Asked) -> str:
    return " ".join([_("The team could not confirm this so far."), one.rule.next_step]).strip()


def _lapsed(one: Asked) -> str:
    until = _("This was confirmed until %(date)s. It is needed again.") % {"date": one.day}
    return " ".join([until, one.rule.next_step]).strip()


_SENTENCES = {
    State.MET: _met,
    State.UNFINISHED: _unfinished,
    State.UNSAID: _unsaid,
    State.UNCHECKED: _unchecked,
    State.NOT_CONFIRMED: _not_confirmed,
    State.LAPSED: _lapsed,
}


# --- Reading ------------------------------------------------------------------------------------


def rules_of(cohorts: Collection[int]) -> dict[int, list[Prerequisite]]:
    """What these cohorts ask for, in their order. One query."""
    found: dict[int, list[Prerequisite]] = defaultdict(list)
    rows = Prerequisite.objects.filter(cohort__in=cohorts).select_related("course__page").order_by(*IN_ORDER)
    for row in rows:
        found[row.cohort_id].append(row)
    return found


def asked_of(cohort: Any, learner: Any, *, at: datetime, agreed: Collection[int] = ()) -> list[Asked]:
    """How one person stands. No query when the cohort is known to ask for nothing; four at the most.

    `cohort` comes from `places.with_promises`, or from another query with its edition. A visitor without an
    account has met nothing.
    """
    who = learner.pk or NOBODY
    return asked_of_all(cohort, [who], at=at, agreed=agreed).get(who, [])


def asked_of_all(
    cohort: Any, learners: Sequence[int], *, at: datetime, agreed: Collection[int] = ()
) -> dict[int, list[Asked]]:
    """The same for these people, by their number. As many queries, however many they are."""
    if not learners or not getattr(cohort, "asks", True):
        return {}
    asked = rules_of([cohort.pk])[cohort.pk]
    known = {rule.pk: rule for rule in asked}
    plain = [Rule(rule.pk, rule.kind, rule.words, rule.course_id) for rule in asked]
    facts = _facts(plain, learners, course_id=cohort.edition.course_id) if plain else {}
    zone = ZoneInfo(cohort.time_zone)
    today = at.astimezone(zone).date()
    return {
        learner: [
            Asked(known[one.rule.id], one, _day(one.since, zone))
            for one in rules.judge(plain, facts[learner], on=today, agreed=agreed)
        ]
        for learner in learners
    }


def _day(since: datetime | date | None, zone: ZoneInfo) -> str:
    if since is None:
        return ""
    return date_format(since.astimezone(zone) if isinstance(since, datetime) else since, "DATE_FORMAT")


def _facts(asked: Iterable[Rule], learners: Sequence[int], *, course_id: int) -> dict[int, Facts]:
    """What is known of these people. One query for each kind that is asked for."""
    kinds: dict[str, list[Rule]] = defaultdict(list)
    for rule in asked:
        kinds[rule.kind].append(rule)
    found: dict[int, Facts] = {pk: Facts() for pk in learners}
    if kinds[Kind.COURSE]:
        courses = [rule.course_id for rule in kinds[Kind.COURSE]]
        done = Completion.objects.filter(
            enrolment__learner__in=learners, enrolment__cohort__edition__course__in=courses
        ).order_by("-completed_at")
        which = ("enrolment__learner", "enrolment__cohort__edition__course", "completed_at")
        for learner, course, at in done.values_list(*which):
            found[learner].finished[course] = at  # the first time wins
    here = {"learner__in": learners, "cohort__edition__course": course_id}
    if kinds[Kind.DECLARATION]:
        words = [rule.words for rule in kinds[Kind.DECLARATION]]
        said = Declaration.objects.filter(**here, words__in=words).order_by("at", "pk")
        for learner, sentence, at in said.values_list("learner", "words", "at"):
            found[learner].said[sentence] = at
    if kinds[Kind.CHECK]:
        titles = [rule.words for rule in kinds[Kind.CHECK]]
        # The newest wins: what was said last is what counts.
        for check in StaffCheck.objects.filter(**here, title__in=titles).order_by("at", "pk"):
            found[check.learner_id].checks[check.title] = Check(
                check.is_done, check.checked_on, check.valid_until
            )
    return found


# --- Meeting ------------------------------------------------------------------------------------


def meet(cohort: Any, learner: Any, *, agreed: Collection[int], at: datetime) -> list[Asked]:
    """What is missing for a place in a locked cohort. When nothing is, what was agreed to is kept.

    Call it in the caller's transaction. No query when the cohort asks for nothing.
    """
    asked = asked_of(cohort, learner, at=at, agreed=agreed)
    if lacking := missing(asked):
        return lacking
    for one in asked:
        if one.judged.is_new:
            Declaration.objects.get_or_create(
                learner=learner, cohort_id=cohort.pk, words=one.rule.words, defaults={"at": at}
            )
    return []


def refusal(lacking: Sequence[Asked]) -> str:
    """Why somebody cannot take a place, each thing with its next step."""
    if all(one.can_be_said for one in lacking):
        return _("Please read what you agree to, and tick the box. Then press the button again.")
    said = [f"{one.title}: {one.sentence}" for one in lacking if not one.can_be_said]
    return " ".join([_("Something is needed before you can take a place."), *said])


def for_staff(asked: Iterable[Asked]) -> str:
    """What is missing, for the people who look after the cohort; empty when nothing is."""
    return "; ".join(one.title.rstrip(".") for one in missing(asked))
