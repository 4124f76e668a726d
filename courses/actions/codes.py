"""Enrolment codes: the team makes them and switches them off, and people join with them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from courses.actions import enrol
from courses.actions.refusals import ActionRefused
from courses.cohorts.models import Cohort
from courses.enrolment import code_words, places
from courses.enrolment.codes import CodeUse, EnrolmentCode
from courses.enrolment.models import Enrolment
from courses.enrolment.rules import Answer, may_join
from courses.ledger import models as ledger

MOST_AT_ONCE = 500


class CodeRefused(ActionRefused):
    """This code does not open the cohort to this person now, or cannot be made."""


# --- Using --------------------------------------------------------------------------------------


@transaction.atomic
def use(*, code: str, learner: Any, at: datetime, agreed: Collection[int] = ()) -> Enrolment:
    """Join the cohort of a code, however it was typed. Safe to repeat: no second use is spent.

    Raises CodeRefused, or EnrolmentRefused when the person may not join this course.
    """
    known = _find(code)
    if known is None:
        raise CodeRefused(unknown_sentence())
    cohort: Any = enrol.lock_cohort(known.cohort_id)
    now = places.fullness(cohort, at=at, learner=learner)
    if now.mine is not None:
        return Enrolment.objects.get(pk=now.mine)
    # Read anew: before the lock was ours, somebody else may have used it up or switched it off.
    found = EnrolmentCode.objects.get(pk=known.pk)
    _check_code(found, learner=learner, at=at)
    answer = may_join(window=places.window(cohort), seats=now.seats, at=at)
    if answer is not Answer.OPEN:
        raise CodeRefused(_no_room_sentence(answer, cohort))
    enrol.check_person(cohort=cohort, learner=learner)
    enrol.check_prerequisites(cohort=cohort, learner=learner, agreed=agreed, at=at)
    enrolment = enrol.grant_place(cohort=cohort, learner=learner, kind="code", by=learner, at=at)
    CodeUse.objects.create(code=found, enrolment=enrolment, at=at)
    ledger.write(action="used a code", learner=learner, subject=enrolment, by=learner, at=at, code=found.pk)
    return enrolment


def _find(typed: str) -> EnrolmentCode | None:
    code = code_words.normalised(typed)
    if code is None:
        return None
    published = EnrolmentCode.objects.filter(cohort__edition__course__page__live=True)
    return published.filter(code=code).first()


def _check_code(found: EnrolmentCode, *, learner: Any, at: datetime) -> None:
    if found.revoked_at is not None:
        raise CodeRefused(_("This code does not work any more. Please ask the people who gave it to you."))
    if found.valid_until is not None and at >= found.valid_until:
        raise CodeRefused(_("The time of this code is over. Please ask the people who gave it to you."))
    if found.uses_allowed is not None and found.uses.count() >= found.uses_allowed:
        raise CodeRefused(
            _("This code has been used as often as it can be. Please ask the people who gave it to you.")
        )
    if found.email_domain and not _has_address_at(found.email_domain, learner):
        raise CodeRefused(
            _(
                "This code is for people with an e-mail address at %(domain)s. "
                "Add that address to your account and confirm it. Then type the code again."
            )
            % {"domain": found.email_domain}
        )


def _has_address_at(domain: str, learner: Any) -> bool:
    """Only a confirmed address counts: anybody can type one."""
    confirmed = EmailAddress.objects.filter(user=learner, verified=True)
    found: bool = confirmed.filter(email__iendswith=f"@{domain}").exists()
    return found


def unknown_sentence() -> str:
    """The same words for a code that is not known and one that cannot be a code."""
    return _("We do not know this code. Please look at it again. It has 12 letters and digits.")


def _no_room_sentence(answer: Answer, cohort: Cohort) -> str:
    if answer is Answer.FULL and cohort.joining != Cohort.Joining.OPEN:
        return _("All places are taken at the moment. Please ask the people who gave you the code.")
    return enrol.refusal_sentence(answer, cohort)


# --- Making -------------------------------------------------------------------------------------


@transaction.atomic
def make(  # noqa: PLR0913 - all by keyword
    *,
    cohort_id: int,
    number: int,
    by: Any,
    at: datetime,
    uses_allowed: int | None = 1,
    email_domain: str = "",
    valid_until: datetime | None = None,
    note: str = "",
) -> list[EnrolmentCode]:
    """Make so many codes that differ in nothing but their letters.

    Raises CodeRefused when there are too many or the time is over already, and Cohort.DoesNotExist.
    """
    if not 1 <= number <= MOST_AT_ONCE:
        raise CodeRefused(_("You can make 1 to %(most)d codes at once.") % {"most": MOST_AT_ONCE})
    if valid_until is not None and valid_until <= at:
        raise CodeRefused(_("This time is over already. Choose a later one."))
    cohort = Cohort.objects.get(pk=cohort_id)
    rows = [
        EnrolmentCode(
            code=code_words.new_code(),
            cohort=cohort,
            uses_allowed=uses_allowed,
            email_domain=email_domain.strip().removeprefix("@").lower(),
            valid_until=valid_until,
            note=note,
            made_at=at,
            made_by=by,
        )
        for _number in range(number)
    ]
    made: list[EnrolmentCode] = EnrolmentCode.objects.bulk_create(rows)
    return made


def revoke(*, code_id: int, cohort_id: int, by: Any, at: datetime) -> None:
    """Switch a code off. Safe to repeat. Who joined with it keeps their place.

    Raises EnrolmentCode.DoesNotExist when the cohort has no such code.
    """
    with transaction.atomic():
        enrol.lock_cohort(cohort_id)
        code = EnrolmentCode.objects.get(pk=code_id, cohort=cohort_id)
        EnrolmentCode.objects.filter(pk=code.pk, revoked_at=None).update(revoked_at=at, revoked_by=by)
