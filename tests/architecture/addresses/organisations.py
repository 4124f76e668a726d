"""Organisations with seats: the pages of their managers, and those of the team."""

from tests.architecture.addresses.rows import (
    ADMINISTRATOR,
    ASSESSOR,
    EDITOR,
    FACILITATOR,
    Row,
    ada,
    everybody,
    only_owner,
    signed_in,
    staff,
    to,
)
from tests.architecture.addresses.staff import PREFERENCES
from tests.architecture.world import World

# Only who may change organisations sees who looks after them.
NOT_THEIRS = {ASSESSOR: 404, EDITOR: 404, FACILITATOR: 404}


def organisation(world: World) -> int:
    return world.organisations.organisation.pk


def allocation(world: World) -> int:
    return world.organisations.allocation.pk


def offered_seat(world: World) -> int:
    return world.organisations.offer.place_id or 0


def manager(world: World) -> int:
    return world.organisations.invited.pk


def secret(world: World) -> str:
    return world.organisations.secret


ORGANISATIONS = (
    Row(
        name="learning:organisations",
        path=to("learning:organisations"),
        owner="otto",
        answers=signed_in(owner="learning:organisation"),
        queries=2,
    ),
    Row(
        name="learning:organisation",
        path=to("learning:organisation", organisation),
        owner="otto",
        answers=only_owner(),
        queries=3,
    ),
    Row(
        name="learning:seats",
        path=to("learning:seats", allocation),
        owner="otto",
        answers=only_owner(),
        queries=5,
    ),
    Row(
        name="learning:seats",
        method="POST",
        path=to("learning:seats", allocation),
        owner="otto",
        data=lambda world: {"addresses": "another@example.net"},
        answers=only_owner("learning:seats"),
        queries=12,
    ),
    Row(
        name="learning:send_seat_again",
        method="POST",
        path=to("learning:send_seat_again", allocation, offered_seat),
        owner="otto",
        answers=only_owner("learning:seats"),
        queries=9,
    ),
    Row(
        name="learning:take_back_seat",
        path=to("learning:take_back_seat", allocation, offered_seat),
        owner="otto",
        answers=only_owner(),
        queries=3,
    ),
    Row(
        name="learning:take_back_seat",
        method="POST",
        path=to("learning:take_back_seat", allocation, offered_seat),
        owner="otto",
        data=lambda world: {"held_by": f"offer:{world.organisations.offer.pk}", "reason": "A slip."},
        answers=only_owner("learning:seats"),
        queries=13,
    ),
    Row(
        name="learning:give_back_seats",
        path=to("learning:give_back_seats", allocation),
        owner="otto",
        answers=only_owner(),
        queries=2,
    ),
    Row(
        name="learning:give_back_seats",
        method="POST",
        path=to("learning:give_back_seats", allocation),
        owner="otto",
        data=lambda world: {"seats": "1"},
        answers=only_owner("learning:organisation"),
        queries=13,
    ),
    Row(
        name="learning:manager_link",
        path=to("learning:manager_link", secret),
        owner="wen",
        answers=everybody(),
        queries=3,
    ),
    # Whoever holds the link is meant.
    Row(
        name="learning:manager_link",
        method="POST",
        path=to("learning:manager_link", secret),
        owner="wen",
        answers=signed_in("learning:organisation"),
        queries=7,
    ),
    # Ada's place is her own: there is no organisation that could see anything.
    Row(
        name="learning:share_progress",
        method="POST",
        path=to("learning:share_progress", ada),
        data=lambda world: {"shares_progress": "yes"},
        answers=only_owner(404),
        queries=8,
    ),
    Row(
        name="staff:organisation_managers",
        path=to("staff:organisation_managers", organisation),
        answers=staff(**NOT_THEIRS),
        measured_as=ADMINISTRATOR,
        may_write=PREFERENCES,
        queries=9,
    ),
    Row(
        name="staff:organisation_managers",
        method="POST",
        path=to("staff:organisation_managers", organisation),
        data=lambda world: {"email": "one.more@example.net"},
        answers=staff("staff:organisation_managers", **NOT_THEIRS),
        measured_as=ADMINISTRATOR,
        queries=9,
    ),
    Row(
        name="staff:remove_manager",
        method="POST",
        path=to("staff:remove_manager", organisation, manager),
        answers=staff("staff:organisation_managers", **NOT_THEIRS),
        measured_as=ADMINISTRATOR,
        queries=7,
    ),
)
