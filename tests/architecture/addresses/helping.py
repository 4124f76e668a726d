"""What a learner needs to take part, and supporters."""

from tests.architecture.addresses.rows import (
    ADMINISTRATOR,
    ANONYMOUS,
    ASSESSOR,
    EDITOR,
    FACILITATOR,
    Row,
    ada,
    cohort,
    dee,
    everybody,
    only_owner,
    signed_in,
    staff,
    to,
)
from tests.architecture.addresses.staff import PREFERENCES
from tests.architecture.world import World

# An administrator who does not facilitate the group opens nothing.
ONLY_FACILITATORS = {ASSESSOR: 404, EDITOR: 404, ADMINISTRATOR: 404}


def supporter(world: World) -> int:
    return world.help.supporter.pk


def secret(world: World) -> str:
    return world.help.secret


HELPING = (
    Row(name="learning:needs", path=to("learning:needs", ada), answers=only_owner(), queries=4),
    Row(
        name="learning:needs",
        method="POST",
        path=to("learning:needs", ada),
        data=lambda world: {"text": "Large print.", "agrees": "on"},
        answers=only_owner("learning:needs"),
        queries=9,
    ),
    Row(
        name="learning:forget_needs",
        method="POST",
        path=to("learning:forget_needs", ada),
        answers=only_owner("learning:needs"),
        queries=6,
    ),
    Row(
        name="staff:needs",
        path=to("staff:needs", cohort),
        answers=staff(**{EDITOR: 404}),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=13,
    ),
    Row(
        name="staff:look_at_needs",
        method="POST",
        path=to("staff:look_at_needs", ada),
        answers=staff(**ONLY_FACILITATORS),
        measured_as=FACILITATOR,
        queries=16,
    ),
    Row(name="learning:supporters", path=to("learning:supporters", ada), answers=only_owner(), queries=3),
    Row(
        name="learning:supporters",
        method="POST",
        path=to("learning:supporters", dee),
        owner="dee",
        data=lambda world: {"email": "friend@example.net"},
        answers=only_owner("learning:supporters"),
        queries=11,
    ),
    Row(
        name="learning:remove_supporter",
        method="POST",
        path=to("learning:remove_supporter", ada, supporter),
        answers=only_owner("learning:supporters"),
        queries=5,
    ),
    Row(
        name="learning:supporting",
        path=to("learning:supporting", supporter),
        owner="otto",
        answers=only_owner(),
        queries=6,
    ),
    Row(
        name="learning:supporter_reminders",
        method="POST",
        path=to("learning:supporter_reminders", supporter),
        owner="otto",
        data=lambda world: {"reminders": "yes"},
        answers=only_owner("learning:supporting"),
        queries=3,
    ),
    Row(
        name="learning:stop_supporting",
        method="POST",
        path=to("learning:stop_supporting", supporter),
        owner="otto",
        answers=only_owner("learning:dashboard"),
        queries=5,
    ),
    Row(
        name="learning:supporter_link",
        path=to("learning:supporter_link", secret),
        owner="wen",
        answers=everybody(),
        queries=3,
    ),
    # Whoever holds the link is meant.
    Row(
        name="learning:supporter_link",
        method="POST",
        path=to("learning:supporter_link", secret),
        owner="wen",
        answers=signed_in("learning:supporting"),
        queries=9,
    ),
    Row(
        name="learning:decline_support",
        method="POST",
        path=to("learning:decline_support", secret),
        owner="wen",
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=5,
    ),
)
