"""Inviting people by their addresses: a place is kept for each until they answer.

Whoever invites learns nothing about accounts: an address that has one is told the same, and looks the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.core.secret_links import hash_of, new_token
from courses.actions import enrol, offers, tell
from courses.actions.refusals import ActionRefused
from courses.enrolment import places
from courses.enrolment.models import Enrolment, Offer, Place
from courses.enrolment.states import OfferState, State
from courses.ledger.models import LedgerEntry
from courses.outbox import writing as outbox

MOST_ADDRESSES = 200
LONGEST_DAYS = 60
LONGEST_ADDRESS = 254
# Few are sent at once; many are left to the sweep, so that no queue is filled at one stroke.
SENT_AT_ONCE = 20
BATCH = 500


class InvitationRefused(ActionRefused):
    """Nobody was invited. `lines` say by address why not, where one address stands in the way."""

    def __init__(self, sentence: str, lines: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.lines = lines or {}


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands about addresses, in small letters. `learners`: whom an offer can be put on the account of.

    `people` are all accounts that have confirmed an address. `here` and `offered` only hold what the team
    of the cohort can see anyway: who is on its register by that address, and to which an offer is open;
    `here_ids` and `offered_ids` are the same by account.
    """

    people: dict[str, Any]
    learners: dict[str, Any]
    here: frozenset[str]
    here_ids: frozenset[int]
    offered: frozenset[str]
    offered_ids: frozenset[int]


# --- Reading ------------------------------------------------------------------------------------


def read(text: str) -> list[str]:
    """The addresses of a text, one a line, in small letters, each once, in their order."""
    lines = (line.strip().strip(",;").strip().lower() for line in text.replace("\0", "").splitlines())
    return list(dict.fromkeys(line for line in lines if line))


def wrong_with(address: str) -> str:
    """Why something cannot be an e-mail address, in words; empty when it can."""
    if len(address) > LONGEST_ADDRESS:
        return _("This address is too long.")
    try:
        validate_email(address)
    except ValidationError:
        return _("This is not an e-mail address.")
    return ""


def standing(*, cohort: Any, addresses: Sequence[str], at: datetime) -> Standing:
    """How these addresses stand to a cohort. Three queries, however many there are."""
    people = _people(addresses)
    known = {person.pk for person in people.values()}
    open_here = [one for one in _open_offers(cohort, addresses, known) if one.is_open_at(at)]
    offered = {one.email.lower() for one in open_here if one.email}
    offered |= {one.learner.email.lower() for one in open_here if one.learner is not None}
    offered_ids = frozenset(one.learner_id for one in open_here if one.learner_id is not None)
    live = Enrolment.objects.exclude(status=State.ENDED.value).filter(
        Q(learner__in=known) | Q(learner__email__in=addresses),
        cohort__edition__course=cohort.edition.course_id,
    )
    places_of = list(live.values_list("learner", "learner__email", "cohort"))
    busy = offered_ids | {learner for learner, _address, _cohort in places_of}
    return Standing(
        people=people,
        learners={address: person for address, person in people.items() if person.pk not in busy},
        here=frozenset(address.lower() for _pk, address, where in places_of if where == cohort.pk),
        here_ids=frozenset(learner for learner, _address, where in places_of if where == cohort.pk),
        offered=frozenset(offered),
        offered_ids=offered_ids,
    )


def _people(addresses: Sequence[str]) -> dict[str, Any]:
    """The open accounts that have confirmed these addresses, which must be in small letters."""
    rows = EmailAddress.objects.filter(
        email__in=addresses, verified=True, user__is_active=True, user__erased_at=None
    )
    return {row.email.lower(): row.user for row in rows.select_related("user")}


def _open_offers(cohort: Any, addresses: Sequence[str], known: set[int]) -> Iterable[Offer]:
    theirs = Q(email__in=addresses) | Q(learner__email__in=addresses) | Q(learner__in=known)
    found = Offer.objects.filter(theirs, cohort=cohort, status=OfferState.OPEN.value)
    return found.select_related("learner")


# --- Inviting -----------------------------------------------------------------------------------


@transaction.atomic
def invite(
    *, cohort_id: int, addresses: Sequence[str], answer_by: datetime, by: Any, at: datetime
) -> list[Offer]:
    """Keep a place for each of these addresses and send each a link; all of them or none.

    Raises InvitationRefused when an address is wrong or there is no room for all, and Cohort.DoesNotExist.
    """
    addresses = read("\n".join(addresses))
    _check_number(addresses)
    cohort = enrol.lock_cohort(cohort_id)
    if enrol.is_over(cohort, at=at):
        raise InvitationRefused(_("This cohort is over. Choose another one, or change its last day first."))
    now = standing(cohort=cohort, addresses=addresses, at=at)
    wrong = {address: sentence for address in addresses if (sentence := _cannot(address, now))}
    if wrong:
        raise InvitationRefused(
            _("Nobody was invited yet. Please look at these lines, then send the list again."), wrong
        )
    check_room(cohort, len(addresses), at=at)
    until = last_moment(cohort, answer_by=answer_by, at=at)
    return make_many(
        cohort=cohort,
        people=[(address, now.learners.get(address)) for address in addresses],
        answer_by=until,
        by=by,
        at=at,
    )


def _check_number(addresses: Sequence[str]) -> None:
    if not addresses:
        raise InvitationRefused(_("Please write at least one address."))
    if len(addresses) > MOST_ADDRESSES:
        raise InvitationRefused(
            _("These are more than %(most)d addresses. Please send them in parts, or bring in a list.")
            % {"most": MOST_ADDRESSES}
        )


def _cannot(address: str, now: Standing) -> str:
    sentence = wrong_with(address)
    if not sentence and address in now.here:
        sentence = _("This person is on the cohort already.")
    if not sentence and address in now.offered:
        sentence = _("A place is kept for this person already.")
    return sentence


def check_room(cohort: Any, number: int, *, at: datetime) -> None:
    """Raises InvitationRefused when a locked cohort has not so many places to give."""
    left = places.fullness(cohort, at=at).seats.left
    if left is not None and left < number:
        raise InvitationRefused(
            ngettext(
                "There is %(left)d free place, and you want %(number)d. Make room, or invite fewer people.",
                "There are %(left)d free places, and you want %(number)d. Make room, or invite fewer people.",
                left,
            )
            % {"left": left, "number": number}
        )


def last_moment(cohort: Any, *, answer_by: datetime, at: datetime) -> datetime:
    """Until when an invitation of a cohort can be answered: never after the time when joining makes no sense.

    Raises InvitationRefused when that is over, or further away than an invitation may be.
    """
    end = places.offers_end(cohort)
    until = min(answer_by, end) if end is not None else answer_by
    if until <= at:
        raise InvitationRefused(_("It is too late to offer a place here. Choose a later day or cohort."))
    if until > at + timedelta(days=LONGEST_DAYS + 1):
        raise InvitationRefused(
            _("A place can be kept for %(days)d days at the most. Choose an earlier day.")
            % {"days": LONGEST_DAYS}
        )
    return until


def make_many(
    *,
    cohort: Any,
    people: Sequence[tuple[str, Any]],
    answer_by: datetime | None,
    by: Any,
    at: datetime,
    seats: Sequence[Place] = (),
) -> list[Offer]:
    """Offers to these addresses, and to the account where one is given. The same as `offers.make` for each.

    Call it in the caller's transaction with the cohort locked and the room counted. Whoever has two of the
    addresses gets one of the offers on the account; the other stays with its link. With as many `seats` of
    an organisation as people, those are offered, and no other place is held.
    """
    kind = Offer.Kind.ORGANISATION if seats else Offer.Kind.INVITATION
    people = _once_each(people)
    _lapse_earlier(cohort, [learner for _address, learner in people if learner is not None], at=at)
    held = seats or Place.objects.bulk_create(
        (Place(cohort=cohort, reason=Place.Reason.HOLD, held_until=answer_by) for _one in people), BATCH
    )
    tokens = [new_token() for _one in people]
    rows = [
        Offer(
            cohort=cohort,
            kind=kind,
            learner=learner,
            email=address,
            token_hash=hash_of(token),
            place=place,
            allocation_id=place.allocation_id,
            made_at=at,
            made_by=by,
            answer_by=answer_by,
        )
        for (address, learner), token, place in zip(people, tokens, held, strict=True)
    ]
    made: list[Offer] = Offer.objects.bulk_create(rows, BATCH)
    LedgerEntry.objects.bulk_create(
        (
            LedgerEntry(
                at=at,
                action="offered a place",
                by=by,
                learner=offer.learner,
                subject=f"offer:{offer.pk}",
                details={"kind": str(kind)},
            )
            for offer in made
            if offer.learner is not None
        ),
        BATCH,
    )
    _send(list(zip(made, tokens, strict=True)), at=at)
    return made


def _once_each(people: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
    seen: set[int] = set()
    found = []
    for address, learner in people:
        own = learner if learner is not None and learner.pk not in seen else None
        if own is not None:
            seen.add(own.pk)
        found.append((address, own))
    return found


def _lapse_earlier(cohort: Any, learners: list[Any], *, at: datetime) -> None:
    """Close what these people did not answer in time, as the job would: one open offer a person."""
    late = Offer.objects.filter(cohort=cohort, status=OfferState.OPEN.value, answer_by__lte=at)
    chosen = {learner.pk for learner in learners}
    for offer_id, learner_id in late.filter(learner__isnull=False).values_list("pk", "learner"):
        if learner_id in chosen:
            offers.expire(offer_id=offer_id, at=at)


def _send(made: list[tuple[Offer, str]], *, at: datetime) -> None:
    entries = [
        tell.address_entry(
            kind=offers.LETTERS[Offer.Kind(offer.kind)],
            about=f"offer:{offer.pk}",
            token=token,
            offer=offer.pk,
        )
        for offer, token in made
    ]
    if len(entries) > SENT_AT_ONCE:
        outbox.write_many(kind="tell-address", payloads=entries, at=at)
        return
    for entry in entries:
        outbox.write(kind="tell-address", at=at, **entry)


def addresses_of(person: Any) -> set[str]:
    """Every address that an account has confirmed, in small letters."""
    confirmed = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    return {address.lower() for address in confirmed}
