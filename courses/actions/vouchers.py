"""Vouchers: people use them when they buy a place; who looks after payments makes and switches them off."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from courses.actions.enrol import EnrolmentRefused
from courses.actions.refusals import ActionRefused
from courses.cohorts import telling_times
from courses.cohorts.models import Cohort
from courses.cohorts.prices import Price
from courses.payments import voucher_rules
from courses.payments.orders import Order
from courses.payments.pricing import Discount
from courses.payments.states import OPEN
from courses.payments.voucher_rules import Answer, Asked, Used, may_use
from courses.payments.vouchers import Voucher, held, spent

MOST_AT_ONCE = 500


class VoucherRefused(EnrolmentRefused):
    """This voucher cannot be used by this person for this place now."""


class VoucherNotMade(ActionRefused):
    """A voucher cannot be made like this."""


# --- Using ---------------------------------------------------------------------------------------------


def find(typed: str) -> Voucher:
    """The voucher of a code, however it was typed. Raises VoucherRefused when nobody knows it."""
    key = voucher_rules.key(typed)
    found: Voucher | None = Voucher.objects.filter(key=key).first() if key else None
    if found is None:
        raise VoucherRefused(
            _("We do not know this voucher. Please look at the code again, or go on without it.")
        )
    return found


def lock(typed: str) -> Voucher | None:
    """The same, locked, so that nobody else uses it meanwhile; None when nothing was typed.

    Locked after the cohort and before an order. Raises VoucherRefused.
    """
    if not typed.strip():
        return None
    locked: Voucher = Voucher.objects.select_for_update(of=("self",)).get(pk=find(typed).pk)
    return locked


def check(voucher: Voucher, *, price: Price, cohort: Cohort, buyer: Any, at: datetime) -> None:
    """Raise VoucherRefused, with what to do, unless this person may use a voucher for this price now."""
    asked = asked_by(buyer, cohort=cohort, at=at)
    uses = used(voucher, buyer=buyer, cohort=cohort, at=at)
    answer = may_use(voucher.terms(), asked, uses, unit=price.amount, currency=price.currency)
    if answer is not Answer.YES:
        raise VoucherRefused(refusal_sentence(answer, voucher, buyer=buyer))


def asked_by(buyer: Any, *, cohort: Any, at: datetime) -> Asked:
    """What somebody asks of a voucher. One query. Only confirmed addresses count: anybody can type one."""
    confirmed = EmailAddress.objects.filter(user=buyer, verified=True).values_list("email", flat=True)
    return Asked(
        person=buyer.pk,
        domains=frozenset(address.rpartition("@")[2].lower() for address in confirmed),
        course=cohort.edition.course_id,
        cohort=cohort.pk,
        at=at,
    )


def used(voucher: Voucher, *, buyer: Any, cohort: Cohort, at: datetime) -> Used:
    """How often a voucher was used. One query.

    The buyer's own open order for the same place does not count: the new one takes its place.
    """
    own = Q(buyer=buyer)
    replaced = own & Q(cohort=cohort, status__in=[state.value for state in OPEN])
    counted = (
        Order.objects.filter(voucher=voucher)
        .exclude(replaced)
        .aggregate(
            spent=Count("pk", filter=spent()),
            held=Count("pk", filter=held(at)),
            own_spent=Count("pk", filter=own & spent()),
            own_held=Count("pk", filter=own & held(at)),
        )
    )
    return Used(**counted)


def refusal_sentence(answer: Answer, voucher: Voucher, *, buyer: Any) -> str:
    """Why a voucher cannot be used, and what to do."""
    ask = _("Please ask the people who gave it to you, or go on without it.")
    if answer is Answer.NOT_YET and voucher.starts_at is not None:
        own, there = ZoneInfo(buyer.time_zone), ZoneInfo(settings.TIME_ZONE)
        when = telling_times.moment(voucher.starts_at, own=own, there=there)
        return _("This voucher can be used from %(when)s. Please come back then.") % {"when": when}
    if answer is Answer.OTHER_ADDRESS:
        return _(
            "This voucher is for people with an e-mail address at %(domain)s. "
            "Add that address to your account and confirm it. Then type the code again."
        ) % {"domain": voucher.email_domain}
    sentences = {
        Answer.SWITCHED_OFF: _("This voucher does not work any more."),
        Answer.OTHER_PERSON: _("This voucher was made for another account."),
        Answer.OVER: _("The time of this voucher is over."),
        Answer.OTHER_PLACE: _("This voucher is for another course or another group."),
        Answer.USED_BY_YOU: _("You have used this voucher as often as you can."),
        Answer.USED_UP: _("This voucher has been used as often as it can be."),
        Answer.HELD: _(
            "Somebody is paying with this voucher now. If they do not pay, it is free again: "
            "please try again later, or go on without it."
        ),
        Answer.OTHER_CURRENCY: _("This voucher is for a price in another currency."),
        Answer.TAKES_NOTHING_OFF: _("This voucher does not make this price lower. Please go on without it."),
    }
    has_its_own = answer in (Answer.HELD, Answer.TAKES_NOTHING_OFF)
    return sentences[answer] if has_its_own else f"{sentences[answer]} {ask}"


# --- Making --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wish:
    """What vouchers are to give and ask. `person` is the number of an account."""

    discount: Discount
    purpose: str
    currency: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    uses_allowed: int | None = 1
    uses_each: int | None = 1
    courses: Collection[int] = ()
    cohorts: Collection[int] = ()
    email_domain: str = ""
    person_id: int | None = None
    note: str = ""


def make(*, wish: Wish, by: Any, at: datetime, code: str = "", number: int = 1) -> list[Voucher]:
    """Make a voucher with this code, or so many that are alike and have codes of their own.

    Raises VoucherNotMade when the code is taken or cannot be one, there are too many, or its time is wrong.
    """
    _check(wish, code=code, number=number, at=at)
    codes = [code.strip()] if code else [voucher_rules.new_code() for _number in range(number)]
    rows = [_row(one, wish, by=by, at=at) for one in codes]
    try:
        with transaction.atomic():
            made: list[Voucher] = Voucher.objects.bulk_create(rows)
            _limit(made, wish)
    except IntegrityError as taken:
        # Of 60 random bits none is ever made twice; a code that somebody thought of can be.
        raise VoucherNotMade(
            _("There is a voucher with this code already. Please choose another.")
        ) from taken
    return made


def _check(wish: Wish, *, code: str, number: int, at: datetime) -> None:
    if not 1 <= number <= MOST_AT_ONCE:
        raise VoucherNotMade(_("You can make 1 to %(most)d vouchers at once.") % {"most": MOST_AT_ONCE})
    if code and number > 1:
        raise VoucherNotMade(_("Only one voucher can have this code. For many, leave the code empty."))
    if code and voucher_rules.key(code) is None:
        raise VoucherNotMade(_("A code has 6 to 24 letters and digits. Dashes between them are fine."))
    if not voucher_rules.is_possible(wish.discount):
        raise VoucherNotMade(_("This is not possible. Look at how much the voucher gives."))
    if wish.ends_at is not None and wish.ends_at <= max(at, wish.starts_at or at):
        raise VoucherNotMade(_("This last day is over, or before the first. Choose a later one."))


def _row(code: str, wish: Wish, *, by: Any, at: datetime) -> Voucher:
    return Voucher(
        code=code,
        key=voucher_rules.key(code) or "",
        kind=wish.discount.kind.value,
        value=wish.discount.value,
        currency=wish.currency,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        uses_allowed=wish.uses_allowed,
        uses_each=wish.uses_each,
        email_domain=wish.email_domain.strip().removeprefix("@").lower(),
        person_id=wish.person_id,
        purpose=wish.purpose,
        note=wish.note,
        made_at=at,
        made_by=by,
    )


def _limit(made: list[Voucher], wish: Wish) -> None:
    """For which courses and cohorts the vouchers are. Two inserts, however many there are."""
    for rows, field, ids in (
        (Voucher.courses.through, "course_id", wish.courses),
        (Voucher.cohorts.through, "cohort_id", wish.cohorts),
    ):
        rows.objects.bulk_create(
            [rows(voucher_id=voucher.pk, **{field: pk}) for voucher in made for pk in ids]
        )


@transaction.atomic
def switch_off(*, voucher_id: int, by: Any, at: datetime) -> Voucher:
    """Nobody can use a voucher from now on. Safe to repeat. Orders that have it keep it.

    Raises Voucher.DoesNotExist.
    """
    voucher: Voucher = Voucher.objects.select_for_update(of=("self",)).get(pk=voucher_id)
    Voucher.objects.filter(pk=voucher.pk, switched_off_at=None).update(switched_off_at=at, switched_off_by=by)
    return voucher
