"""Bringing in a list of people: looked at line by line first, then all of it or nothing."""

import base64
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cms.users import sealing
from courses.actions import before_joining, enrol, enrol_many, invitations
from courses.actions.invitations import InvitationRefused, Standing
from courses.actions.refusals import ActionRefused
from courses.cohorts.models import Cohort
from courses.enrolment import list_reading, places
from courses.enrolment.learner_lists import LearnerList
from courses.enrolment.list_reading import MOST_LINES, Fault, Line, ListUnreadable, Wrong
from courses.enrolment.prerequisite_rules import missing


class Outcome(StrEnum):
    """What a line does, or why it does nothing, or why it stands in the way of the whole list."""

    PLACE = "place"
    INVITATION = "invitation"
    ASKED_FIRST = "asked_first"
    TWICE = "twice"
    HERE = "here"
    OFFERED = "offered"
    ELSEWHERE = "elsewhere"
    NO_ADDRESS = "no_address"
    WRONG_ADDRESS = "wrong_address"
    TOO_LONG = "too_long"
    NO_ROOM = "no_room"


# What brings somebody in, and what is passed over. Everything else must be mended first.
DOES = frozenset({Outcome.PLACE, Outcome.INVITATION, Outcome.ASKED_FIRST})
# Who has an account and no place at once is invited like anybody else.
INVITED = (Outcome.INVITATION, Outcome.ASKED_FIRST)
PASSED_OVER = frozenset({Outcome.TWICE, Outcome.HERE, Outcome.OFFERED})


@dataclass(frozen=True, slots=True)
class Checked:
    """One line, with the account that gets the place."""

    line: Line
    outcome: Outcome
    person: Any = None

    @property
    def is_in_the_way(self) -> bool:
        return self.outcome not in DOES | PASSED_OVER


@dataclass(frozen=True, slots=True)
class Report:
    """Every line. `left` are the places there are for them; None when there is no limit."""

    lines: list[Checked]
    left: int | None

    def number_of(self, *outcomes: Outcome) -> int:
        """How many lines come to one of these."""
        return sum(one.outcome in outcomes for one in self.lines)

    @property
    def in_the_way(self) -> list[Checked]:
        return [one for one in self.lines if one.is_in_the_way]

    @property
    def is_right(self) -> bool:
        """Whether it can be brought in: nothing stands in the way, and there is something to do."""
        return not self.in_the_way and self.number_of(*DOES) > 0


class ListRefused(ActionRefused):
    """Nobody was brought in. `report` says line by line why, where the lines are the reason."""

    def __init__(self, sentence: str, report: Report | None = None) -> None:
        super().__init__(sentence)
        self.report = report


# --- Looking ------------------------------------------------------------------------------------


@transaction.atomic
def keep(*, cohort_id: int, content: bytes, answer_by: datetime, by: Any, at: datetime) -> LearnerList:
    """Read a file and keep it until it is brought in; it takes the place of an earlier one.

    Raises ListRefused when it is no list or it is too late to invite, and Cohort.DoesNotExist.
    """
    try:
        list_reading.read(content)
    except ListUnreadable as unreadable:
        raise ListRefused(fault_sentence(unreadable.fault)) from unreadable
    cohort = enrol.lock_cohort(cohort_id)
    if enrol.is_over(cohort, at=at):
        raise ListRefused(_("This cohort is over. Choose another one, or change its last day first."))
    try:
        until = invitations.last_moment(cohort, answer_by=answer_by, at=at)
    except InvitationRefused as refused:
        raise ListRefused(refused.sentence) from refused
    LearnerList.objects.filter(cohort=cohort, by=by).delete()
    return LearnerList.objects.create(
        cohort=cohort, by=by, sealed=_sealed(content), answer_by=until, made_at=at
    )


def look(*, kept: LearnerList, at: datetime) -> Report:
    """What a kept list would do now. Five queries, and four more at the most where something is asked for
    before joining, however many lines there are; nothing is written.
    """
    cohort = places.with_promises(Cohort.objects.select_related("edition").defer("edition__frozen")).get(
        pk=kept.cohort_id
    )
    return _check(cohort, list_reading.read(_unsealed(kept.sealed)), at=at)


def kept_list(*, cohort_id: int, token: UUID, by: Any) -> LearnerList:
    """The list that this person has checked. Raises ListRefused when it is not there any more."""
    found = LearnerList.objects.filter(cohort=cohort_id, token=token, by=by).first()
    if found is None:
        raise ListRefused(
            _("This list is not here any more. It was brought in already, or another one came after it.")
        )
    return found


def _sealed(content: bytes) -> str:
    return sealing.seal(base64.b85encode(zlib.compress(content)).decode())


def _unsealed(sealed: str) -> bytes:
    return zlib.decompress(base64.b85decode(sealing.unseal(sealed)))


def _check(cohort: Any, lines: list[Line], *, at: datetime) -> Report:
    addresses = [line.email for line in lines if line.wrong is None]
    now = invitations.standing(cohort=cohort, addresses=addresses, at=at)
    left = places.fullness(cohort, at=at).seats.left
    asked = before_joining.asked_of_all(cohort, [person.pk for person in now.learners.values()], at=at)
    found, seen, taken = list[Checked](), set[int](), 0
    for line in lines:
        one = _outcome(line, now)
        if one.outcome is Outcome.PLACE and missing(asked.get(one.person.pk, [])):
            one = Checked(line, Outcome.ASKED_FIRST, one.person)
        if one.person is not None and one.outcome in DOES:
            if one.person.pk in seen:
                one = Checked(line, Outcome.TWICE)
            else:
                seen.add(one.person.pk)
        if one.outcome in DOES:
            taken += 1
            if left is not None and taken > left:
                one = Checked(line, Outcome.NO_ROOM)
        found.append(one)
    return Report(found, left)


WRONG = {
    Wrong.NO_ADDRESS: Outcome.NO_ADDRESS,
    Wrong.TOO_LONG: Outcome.TOO_LONG,
    Wrong.TWICE: Outcome.TWICE,
}


def _outcome(line: Line, now: Standing) -> Checked:
    if line.wrong is not None:
        return Checked(line, WRONG[line.wrong])
    if invitations.wrong_with(line.email):
        return Checked(line, Outcome.WRONG_ADDRESS)
    person = now.people.get(line.email)
    if line.email in now.here or (person is not None and person.pk in now.here_ids):
        return Checked(line, Outcome.HERE, person)
    if line.email in now.offered or (person is not None and person.pk in now.offered_ids):
        return Checked(line, Outcome.OFFERED, person)
    if person is None:
        return Checked(line, Outcome.INVITATION)
    return Checked(line, Outcome.PLACE if line.email in now.learners else Outcome.ELSEWHERE, person)


# --- Bringing in --------------------------------------------------------------------------------


@transaction.atomic
def bring_in(*, cohort_id: int, token: UUID, reason: str, by: Any, at: datetime) -> Report:
    """Do what the list says, all of it or nothing: a place for who has an account, a link for the others.

    What was checked is checked again under the cohort's lock. `reason` is kept with each place that has
    no note of its own. No account is made for anybody.
    Raises ListRefused, with the report of now when a line stands in the way; nothing is changed then.
    """
    cohort = enrol.lock_cohort(cohort_id)
    kept = kept_list(cohort_id=cohort_id, token=token, by=by)
    report = _check(cohort, list_reading.read(_unsealed(kept.sealed)), at=at)
    if enrol.is_over(cohort, at=at) or kept.answer_by <= at:
        raise ListRefused(_("It is too late to offer a place here. Choose a later day or cohort."), report)
    if not report.is_right:
        raise ListRefused(_("Nobody was brought in, because the list does not fit any more."), report)
    given = [(one.person, one.line.note or reason) for one in _those(report, Outcome.PLACE)]
    enrol_many.by_staff(cohort=cohort, people=given, by=by, at=at)
    invited = [(one.line.email, one.person) for one in _those(report, *INVITED)]
    invitations.make_many(cohort=cohort, people=invited, answer_by=kept.answer_by, by=by, at=at)
    kept.delete()
    return report


def _those(report: Report, *outcomes: Outcome) -> Iterable[Checked]:
    return (one for one in report.lines if one.outcome in outcomes)


# --- Words --------------------------------------------------------------------------------------


def fault_sentence(fault: Fault) -> str:
    """Why a file cannot be read, and what to do."""
    sentences = {
        Fault.EMPTY: _("There is nobody on this list. Please look at the file again."),
        Fault.TOO_LARGE: _("This file is larger than 2 MB. Please bring it in in parts."),
        Fault.TOO_MANY: _("This list has more than %(most)d lines. Please bring it in in parts.")
        % {"most": MOST_LINES},
        Fault.NO_HEADS: _("The first line must name the columns. One of them must be called email."),
        Fault.TWO_COLUMNS: _("Two columns have the same name. Please rename or delete one of them."),
        Fault.NOT_A_LIST: _("This file cannot be read as a list. Please save it as CSV and try again."),
    }
    return sentences[fault]


def sentence(one: Checked) -> str:
    """What becomes of a line."""
    sentences = {
        Outcome.PLACE: _("Has an account: gets a place at once."),
        Outcome.INVITATION: _("Is sent an invitation, and a place is kept."),
        Outcome.ASKED_FIRST: _(
            "Has an account, and lacks what is asked for before joining: is sent an invitation, and a place "
            "is kept."
        ),
        Outcome.TWICE: _("Stands further up already: passed over."),
        Outcome.HERE: _("Is on the cohort already: passed over."),
        Outcome.OFFERED: _("A place is kept already: passed over."),
        Outcome.ELSEWHERE: _(
            "Has a place in another group of this course. Move them, and take the line out."
        ),
        Outcome.NO_ADDRESS: _("There is no e-mail address. Add it, or take the line out."),
        Outcome.WRONG_ADDRESS: _("This is not an e-mail address. Check for a mistake."),
        Outcome.TOO_LONG: _("The address, the name or the note is too long. Make it shorter."),
        Outcome.NO_ROOM: _("There is no place left for this line. Make room, or take lines out."),
    }
    return sentences[one.outcome]
