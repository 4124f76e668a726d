"""What a learner needs to take part: told, changed and taken back by them, looked at by facilitators."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.utils.translation import gettext as _

from cms.users import sealing
from courses.actions import consents
from courses.actions.refusals import ActionRefused
from courses.cohorts import staffing
from courses.enrolment.consents import EnrolmentConsent
from courses.enrolment.models import Enrolment
from courses.enrolment.needs import LONGEST_NEEDS, LOOKED, AccessNeeds
from courses.enrolment.states import State
from courses.ledger import models as ledger

SHARE = EnrolmentConsent.Kind.SHARE_NEEDS


class NeedsRefused(ActionRefused):
    """What was written cannot be kept, or not be read."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a facilitator asked to see."""

    enrolment_id: int
    name: str
    text: str
    told_at: datetime


@transaction.atomic
def tell(*, enrolment_id: int, learner: Any, text: str, agrees: bool, at: datetime) -> None:
    """Keep what a learner needs, in place of what they wrote before. Safe to repeat.

    Nothing is kept without the learner's consent. What was written is never in the ledger.
    Raises Enrolment.DoesNotExist when the place is not theirs, and NeedsRefused.
    """
    enrolment = _own(enrolment_id, learner)
    if enrolment.status == State.ENDED.value:
        raise NeedsRefused(_("Your place has ended, so nobody would read this. Nothing was kept."))
    if not text.strip():
        raise NeedsRefused(_("Please write what you need, or skip this page."))
    if len(text) > LONGEST_NEEDS:
        raise NeedsRefused(_("This is too long. Please write the most important things."))
    if not agrees:
        raise NeedsRefused(_("We can only keep this if you agree. Please tick the box, or skip this page."))
    needs, _new = AccessNeeds.objects.update_or_create(
        enrolment=enrolment, defaults={"sealed_text": sealing.seal(text), "told_at": at}
    )
    consents.give(enrolment=enrolment, kind=SHARE, at=at)
    ledger.write(action="told access needs", learner=learner, subject=needs, by=learner, at=at)


@transaction.atomic
def forget(*, enrolment_id: int, learner: Any, at: datetime) -> None:
    """Delete what a learner wrote, and note that they do not agree any more. Safe to repeat.

    Also when the place has ended. Raises Enrolment.DoesNotExist when it is not theirs.
    """
    enrolment = _own(enrolment_id, learner)
    consents.withdraw(enrolment=enrolment, kind=SHARE, at=at)
    needs = AccessNeeds.objects.filter(enrolment=enrolment).first()
    if needs is not None:
        ledger.write(action="deleted access needs", learner=learner, subject=needs, by=learner, at=at)
        needs.delete()


@transaction.atomic
def look(*, enrolment_id: int, by: Any, at: datetime) -> Opened:
    """Open what a learner needs, and note who did. Only for facilitators of the cohort; each time is noted.

    The learner is shown the note. Its subject is the text and not the place, so that the history of the
    place, which others of the team can read, does not even say that there is a text.
    Raises AccessNeeds.DoesNotExist when there is none to see for `by`, and NeedsRefused.
    """
    readable = AccessNeeds.objects.filter(
        enrolment__cohort__in=staffing.facilitated_by(by), enrolment__learner__erased_at=None
    ).exclude(enrolment__status=State.ENDED.value)
    related = ("enrolment__learner", "enrolment__cohort__edition")
    needs = (
        readable.select_related(*related)
        .defer("enrolment__cohort__edition__frozen")
        .get(enrolment=enrolment_id)
    )
    enrolment = needs.enrolment
    text = read(needs)
    if text is None:
        raise NeedsRefused(_("This cannot be opened any more. Please ask the person to write it again."))
    ledger.write(
        action=LOOKED,
        learner=enrolment.learner,
        subject=needs,
        by=by,
        at=at,
        course=enrolment.cohort.edition.course_id,
    )
    return Opened(enrolment.pk, enrolment.learner.get_full_name(), text, needs.told_at)


def read(needs: AccessNeeds) -> str | None:
    """The text; None when the key it was sealed with is gone."""
    try:
        return sealing.unseal(needs.sealed_text)
    except InvalidToken:
        return None


@sealing.reseals
def seal_again() -> int:
    """Put every text under the newest SECRET_KEY; return how many were touched. Safe to repeat.

    One whose key is gone is left as it is: nobody can read it.
    """
    done = 0
    for pk, sealed in list(AccessNeeds.objects.values_list("pk", "sealed_text")):
        try:
            again = sealing.seal_again(sealed)
        except InvalidToken:
            continue
        # Not over what its owner has written meanwhile.
        done += AccessNeeds.objects.filter(pk=pk, sealed_text=sealed).update(sealed_text=again)
    return done


def _own(enrolment_id: int, learner: Any) -> Enrolment:
    return Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment_id, learner=learner)
