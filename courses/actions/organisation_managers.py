"""Who looks after the seats of an organisation: invited by the team by a link, and removed at once."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from cms.core.secret_links import hash_of, new_token
from courses.actions import invitations, tell
from courses.actions.organisations import OrganisationRefused
from courses.cohorts.organisations import (
    MOST_MANAGERS,
    Organisation,
    OrganisationManager,
    can_answer,
    looks_after,
)

INVITED, REMOVED = "courses.invite_manager", "courses.remove_manager"


@transaction.atomic
def invite(*, organisation_id: int, email: str, by: Any, at: datetime) -> OrganisationManager:
    """Send somebody the link with which they can look after the seats of an organisation.

    Whether the address has an account here is neither looked up nor told.
    Raises Organisation.DoesNotExist and OrganisationRefused.
    """
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation_id)
    email = email.strip().lower()
    if wrong := invitations.wrong_with(email):
        raise OrganisationRefused(wrong)
    live = list(OrganisationManager.objects.filter(looks_after() | can_answer(at), organisation=organisation))
    if any(one.email == email for one in live):
        raise OrganisationRefused(_("This address was invited already. Remove it first to send a new link."))
    if len(live) >= MOST_MANAGERS:
        raise OrganisationRefused(
            _("An organisation can have %(most)d managers at most. Remove one first.")
            % {"most": MOST_MANAGERS}
        )
    token = new_token()
    made = OrganisationManager.objects.create(
        organisation=organisation, email=email, token_hash=hash_of(token), invited_at=at
    )
    about = f"organisationmanager:{made.pk}"
    tell.address_later(
        kind="manager_invited", email_from="manager", about=about, at=at, token=token, manager=made.pk
    )
    log(organisation, INVITED, user=by, timestamp=at, data={"manager": made.pk})
    return made


@transaction.atomic
def join(*, token: str, person: Any, at: datetime) -> OrganisationManager:
    """Become a manager, with whatever account. Safe to repeat.

    Raises OrganisationManager.DoesNotExist when the link leads nowhere, and OrganisationRefused.
    """
    where = OrganisationManager.objects.exclude(token_hash="").filter(token_hash=hash_of(token))
    # The organisation first, as in `invite`: one person cannot take two links at once.
    Organisation.objects.select_for_update(of=("self",)).get(pk=where.values_list("organisation").get()[0])
    found = where.select_for_update(of=("self",)).get()
    if found.ended_at is None and found.user_id == person.pk:
        return found
    if not OrganisationManager.objects.filter(can_answer(at), pk=found.pk).exists():
        raise OrganisationRefused(_("This invitation has ended. Please ask the team of this site."))
    others = OrganisationManager.objects.filter(
        looks_after(), organisation=found.organisation_id, user=person
    )
    if others.exists():
        raise OrganisationRefused(_("You look after the places of this organisation already."))
    found.user, found.joined_at = person, at
    found.save(update_fields=["user", "joined_at"])
    return found


@transaction.atomic
def remove(*, manager_id: int, organisation_id: int, by: Any, at: datetime) -> None:
    """End it: at once. Safe to repeat. Seats and offers stay as they are.

    Raises OrganisationManager.DoesNotExist when the organisation has no such manager.
    """
    rows = OrganisationManager.objects.select_for_update(of=("self",))
    found = rows.select_related("organisation").get(pk=manager_id, organisation=organisation_id)
    if found.ended_at is not None:
        return
    found.ended_at = at
    found.save(update_fields=["ended_at"])
    log(found.organisation, REMOVED, user=by, timestamp=at, data={"manager": found.pk})
