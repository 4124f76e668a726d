"""A learner's supporters: invited by them, accepted by whoever opens the link, ended by either at once."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from cms.core.secret_links import hash_of, new_token
from courses.actions import tell
from courses.actions.refusals import ActionRefused
from courses.actions.reminders import BATCH, BATCHES_A_RUN, FIRST_HOUR
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.enrolment.supporters import MOST_SUPPORTERS, Supporter, can_answer, going_on
from courses.ledger import models as ledger
from courses.messages.models import Notice
from courses.outbox import writing as outbox

# Nobody uses the invitations of this site to write to strangers.
MOST_A_DAY = 5
A_DAY = timedelta(days=1)
REMINDER = "supporter_reminder"


class SupportRefused(ActionRefused):
    """Somebody cannot be invited, or the invitation cannot be accepted."""


# --- The learner --------------------------------------------------------------------------------


@transaction.atomic
def invite(*, enrolment_id: int, learner: Any, email: str, at: datetime) -> Supporter:
    """Send somebody the link with which they can become a supporter.

    Whether the address has an account here is neither looked up nor told.
    Raises Enrolment.DoesNotExist when the place is not theirs, and SupportRefused.
    """
    enrolment = Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment_id, learner=learner)
    email = email.strip().lower()
    if enrolment.status == State.ENDED.value:
        raise SupportRefused(_("Your place on this course has ended, so there is nothing to support."))
    if email == learner.email.lower():
        raise SupportRefused(_("This is your own address. Please write the address of your supporter."))
    rows = Supporter.objects.filter(enrolment=enrolment)
    live = [*rows.filter(going_on()), *rows.filter(can_answer(at))]
    if any(one.email == email for one in live):
        raise SupportRefused(_("You have invited this address already."))
    if len(live) >= MOST_SUPPORTERS:
        raise SupportRefused(
            _("You can have %(most)d supporters at most. Remove one first, then invite somebody else.")
            % {"most": MOST_SUPPORTERS}
        )
    if _invited_since(learner, at - A_DAY) >= MOST_A_DAY:
        raise SupportRefused(_("You have invited many people today. Please try again tomorrow."))
    token = new_token()
    made = Supporter.objects.create(
        enrolment=enrolment, email=email, token_hash=hash_of(token), invited_at=at
    )
    _note("invited a supporter", made, by=learner, at=at)
    tell.address_later(
        kind="supporter_invited",
        email_from="supporter",
        about=f"supporter:{made.pk}",
        at=at,
        token=token,
        supporter=made.pk,
    )
    return made


def _invited_since(learner: Any, since: datetime) -> int:
    return Supporter.objects.filter(enrolment__learner=learner, invited_at__gt=since).count()


@transaction.atomic
def remove(*, supporter_id: int, enrolment_id: int, learner: Any, at: datetime) -> None:
    """End it from the learner's side: at once, and whoever supported is told. Safe to repeat.

    Raises Supporter.DoesNotExist when it is not theirs.
    """
    own = Supporter.objects.select_for_update(of=("self",)).select_related("enrolment__learner")
    found = own.get(pk=supporter_id, enrolment=enrolment_id, enrolment__learner=learner)
    if found.ended_at is not None:
        return
    _end(found, action="removed a supporter", by=learner, at=at)
    if found.person_id is not None:
        about = f"supporter:{found.pk}"
        tell.later(kind="supporter_removed", learner=found.person_id, about=about, at=at, supporter=found.pk)


# --- The supporter ------------------------------------------------------------------------------


@transaction.atomic
def accept(*, token: str, person: Any, at: datetime) -> Supporter:
    """Become a supporter, with whatever account. Safe to repeat.

    Raises Supporter.DoesNotExist when the link leads nowhere, and SupportRefused.
    """
    found = _locked(token)
    if found.ended_at is None and found.person_id == person.pk:
        return found
    if not Supporter.objects.filter(can_answer(at), pk=found.pk).exists():
        raise SupportRefused(_("This invitation has ended. Please ask the person for a new one."))
    if person.pk == found.enrolment.learner_id:
        raise SupportRefused(_("This is your own course. Somebody else has to open this link."))
    others = Supporter.objects.filter(going_on(), enrolment=found.enrolment_id, person=person)
    if others.exists():
        raise SupportRefused(_("You support this person on this course already."))
    found.person, found.accepted_at = person, at
    found.save(update_fields=["person", "accepted_at"])
    _note("supporter accepted", found, by=person, at=at)
    _tell_learner("supporter_accepted", found, at)
    return found


@transaction.atomic
def decline(*, token: str, at: datetime) -> None:
    """Say no through the link; no account is needed for that. Safe to repeat.

    Whoever has accepted leaves on the page of what they support, and not here.
    Raises Supporter.DoesNotExist when the link leads nowhere.
    """
    found = _locked(token)
    if found.accepted_at is None and found.ended_at is None:
        _end(found, action="supporter declined", by=None, at=at)


@transaction.atomic
def leave(*, supporter_id: int, person: Any, at: datetime) -> None:
    """End it from the supporter's side: at once, and the learner is told.

    Raises Supporter.DoesNotExist when they do not support anybody there (any more).
    """
    live = Supporter.objects.select_for_update(of=("self",)).filter(going_on())
    found = live.select_related("enrolment__learner").get(pk=supporter_id, person=person)
    _end(found, action="supporter left", by=person, at=at)
    _tell_learner("supporter_left", found, at)


@transaction.atomic
def choose_reminders(*, supporter_id: int, person: Any, wants: bool) -> None:
    """Whether a supporter is reminded of meetings as well. Safe to repeat.

    Raises Supporter.DoesNotExist when they do not support anybody there (any more).
    """
    live = Supporter.objects.select_for_update(of=("self",)).filter(going_on())
    found = live.get(pk=supporter_id, person=person)
    found.wants_reminders = wants
    found.save(update_fields=["wants_reminders"])


def _locked(token: str) -> Supporter:
    """The row of a link, with the place locked before it, as in `invite`."""
    where = Supporter.objects.exclude(token_hash="").filter(token_hash=hash_of(token))
    enrolment_id = where.values_list("enrolment", flat=True).get()
    Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment_id)
    return where.select_for_update(of=("self",)).select_related("enrolment__learner").get()


def _end(found: Supporter, *, action: str, by: Any, at: datetime) -> None:
    found.ended_at, found.wants_reminders = at, False
    found.save(update_fields=["ended_at", "wants_reminders"])
    _note(action, found, by=by, at=at)


def _note(action: str, found: Supporter, *, by: Any, at: datetime) -> None:
    """About the supporter and not the place: whom somebody asks for support is not the team's affair."""
    ledger.write(action=action, learner=found.enrolment.learner, subject=found, by=by, at=at)


def _tell_learner(kind: str, found: Supporter, at: datetime) -> None:
    about = f"supporter:{found.pk}"
    tell.later(kind=kind, learner=found.enrolment.learner_id, about=about, at=at, supporter=found.pk)


# --- Reminders ----------------------------------------------------------------------------------


@transaction.atomic
def remind_due(*, at: datetime) -> int:
    """Remind supporters who want it of meetings within a day; return how many. Safe to repeat.

    Not at night: no earlier than the reminders of learners.
    """
    if at.astimezone(ZoneInfo(settings.TIME_ZONE)).hour < FIRST_HOUR:
        return 0
    notices, payloads = [], []
    for pk, person, session in _to_remind(at)[: BATCH * BATCHES_A_RUN]:
        ids, about = {"supporter": pk, "session": session}, _about(pk, session)
        notices.append(Notice(user_id=person, kind=REMINDER, about=about, ids=ids, at=at))
        payloads.append(tell.entry(kind=REMINDER, learner=person, about=about, **ids))
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    return outbox.write_many(kind="tell", payloads=payloads, at=at)


def _to_remind(at: datetime) -> list[tuple[int, int, int]]:
    """Each supporter with each meeting within a day that they were not told of. Three queries."""
    soon = LiveSession.objects.filter(cancelled_at=None, starts_at__gt=at, starts_at__lte=at + A_DAY)
    meetings: dict[int, list[int]] = defaultdict(list)
    for session, cohort in soon.order_by("starts_at", "pk").values_list("pk", "cohort"):
        meetings[cohort].append(session)
    wanting = Supporter.objects.filter(
        going_on(),
        wants_reminders=True,
        enrolment__status=State.ACTIVE.value,
        enrolment__cohort__in=meetings,
    )
    rows = list(wanting.order_by("pk").values_list("pk", "person", "enrolment__cohort"))
    told = Notice.objects.filter(kind=REMINDER, user__in={person for _pk, person, _cohort in rows})
    before = set(told.values_list("about", flat=True))
    return [
        (pk, person, session)
        for pk, person, cohort in rows
        for session in meetings[cohort]
        if person is not None and _about(pk, session) not in before
    ]


def _about(supporter_id: int, session_id: int) -> str:
    return f"supporter:{supporter_id}:session:{session_id}"
