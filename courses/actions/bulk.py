"""The same thing done to several people of a cohort: for all of them, or for none.

Each person is judged by the action that would do it to them alone; nothing here has rules of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from courses.actions import enrol, moving, tell
from courses.actions.refusals import ActionRefused
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.enrolment.team_messages import LONGEST_SUBJECT, LONGEST_TEXT, TeamMessage, TeamMessageTo

# As many as fit on one page of the matrix: who wants more does it page by page.
MOST_PEOPLE = 100


class BulkRefused(ActionRefused):
    """Nothing was done to anybody. `cannot` says, by enrolment, why it could not be done."""

    def __init__(self, sentence: str, cannot: dict[int, str] | None = None) -> None:
        super().__init__(sentence)
        self.cannot = cannot or {}


@dataclass(frozen=True, slots=True)
class Tried:
    """What would happen: to whom it can be done, and why not to the others, by enrolment."""

    can: list[int]
    cannot: dict[int, str]


Do = Callable[[int], object]


def withdraw(*, enrolment_ids: Sequence[int], by: Any, at: datetime, reason: str) -> None:
    """End the places of all these people. Raises BulkRefused when it cannot be done to one of them."""

    def do(pk: int) -> object:
        _check_live(pk)
        return enrol.withdraw(enrolment_id=pk, by=by, at=at, reason=reason)

    _for_all(enrolment_ids, do)


def pause(*, enrolment_ids: Sequence[int], by: Any, at: datetime, reason: str) -> None:
    """Pause the places of all these people. Raises BulkRefused when it cannot be done to one of them."""
    _for_all(enrolment_ids, lambda pk: enrol.suspend(enrolment_id=pk, by=by, at=at, reason=reason))


def move(
    *,
    enrolment_ids: Sequence[int],
    to_cohort_id: int,
    by: Any,
    at: datetime,
    reason: str,
    past_prerequisites: bool = False,
) -> None:
    """Move all these people to another cohort, with their work; never beyond its number of places.

    Raises BulkRefused when it cannot be done to one of them, and Cohort.DoesNotExist.
    """
    _for_all(
        enrolment_ids,
        lambda pk: moving.move(
            enrolment_id=pk,
            to_cohort_id=to_cohort_id,
            kind=moving.TRANSFERRED,
            by=by,
            at=at,
            reason=reason,
            past_prerequisites=past_prerequisites,
        ),
    )


def rehearse(do: Callable[..., None], *, enrolment_ids: Sequence[int], **what: Any) -> Tried:
    """Try it and undo it: who it could be done to, together, and why not to the others."""
    ids = _checked(enrolment_ids)
    cannot: dict[int, str] = {}
    while True:
        can = [pk for pk in ids if pk not in cannot]
        try:
            with transaction.atomic():
                if can:
                    do(enrolment_ids=can, **what)
                transaction.set_rollback(True)
        except BulkRefused as refused:
            if not refused.cannot:
                raise
            cannot |= refused.cannot
        else:
            return Tried(can, cannot)


@transaction.atomic
def _for_all(enrolment_ids: Sequence[int], do: Do) -> None:
    """Every one is tried, so that all that stands in the way is said at once."""
    cannot: dict[int, str] = {}
    for pk in _checked(enrolment_ids):
        try:
            with transaction.atomic():
                do(pk)
        except ActionRefused as refused:
            cannot[pk] = refused.sentence
    if cannot:
        raise BulkRefused(
            _("It cannot be done to everybody you chose, so nothing was done to anybody."), cannot
        )


def _check_live(pk: int) -> None:
    if Enrolment.objects.filter(pk=pk, status=State.ENDED.value).exists():
        raise BulkRefused(_("This place has ended already."))


def _checked(enrolment_ids: Sequence[int]) -> list[int]:
    """In one order, so that two people who do it at the same moment wait for each other."""
    ids = sorted(set(enrolment_ids))
    if not ids:
        raise BulkRefused(_("Nobody is ticked. Tick the people first, then press the button again."))
    if len(ids) > MOST_PEOPLE:
        raise BulkRefused(
            _("These are more people than can be done at once. Choose %(most)d at the most.")
            % {"most": MOST_PEOPLE}
        )
    return ids


@transaction.atomic
def write(  # noqa: PLR0913 - all by keyword
    *,
    cohort_id: int,
    enrolment_ids: Sequence[int],
    subject: str,
    text: str,
    token: UUID,
    by: Any,
    at: datetime,
) -> TeamMessage:
    """Write to these people of a cohort, each alone. Safe to repeat: a form that is sent twice writes once.

    Raises BulkRefused when somebody is not of this cohort or the words are missing.
    """
    already: TeamMessage | None = TeamMessage.objects.filter(token=token, by=by).first()
    if already is not None:
        return already
    ids = _checked(enrolment_ids)
    subject, text = " ".join(subject.split()), text.replace("\0", "").strip()
    if not subject or not text:
        raise BulkRefused(_("Please write a subject and a few words."))
    if len(subject) > LONGEST_SUBJECT or len(text) > LONGEST_TEXT:
        raise BulkRefused(_("This is too long. Please make it shorter."))
    found = dict(
        Enrolment.objects.filter(pk__in=ids, cohort=cohort_id, learner__erased_at=None).values_list(
            "pk", "learner_id"
        )
    )
    if len(found) < len(ids):
        raise BulkRefused(
            _("Somebody you chose cannot be written to, so nobody was."),
            {pk: _("This person cannot be written to any more.") for pk in ids if pk not in found},
        )
    message = TeamMessage.objects.create(
        cohort_id=cohort_id, subject=subject, text=text, token=token, by=by, at=at
    )
    TeamMessageTo.objects.bulk_create(TeamMessageTo(message=message, enrolment_id=pk) for pk in ids)
    for pk in ids:
        tell.later(
            kind="from_team",
            learner=found[pk],
            about=f"teammessage:{message.pk}",
            at=at,
            team_message=message.pk,
            enrolment=pk,
        )
    return message
