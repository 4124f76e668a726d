"""Notices, choices about reminders, and the words of messages."""

from tests.architecture.addresses.rows import (
    ADMINISTRATOR,
    ASSESSOR,
    EDITOR,
    FACILITATOR,
    Row,
    ada,
    only_owner,
    signed_in,
    staff,
    to,
)
from tests.architecture.addresses.staff import PREFERENCES
from tests.architecture.world import World

# Staff have changed the words of the second.
KIND, CHANGED = "placed", "waiting"


def notice(world: World) -> int:
    return world.notice.pk


def kind(world: World) -> str:
    return KIND


def changed(world: World) -> str:
    return CHANGED


# Words go to learners of every cohort, so only administrators change them.
NOT_THE_TEAM = {FACILITATOR: "wagtailadmin_home", ASSESSOR: "wagtailadmin_home", EDITOR: "wagtailadmin_home"}

MESSAGES = (
    Row(name="learning:notices", path=to("learning:notices"), answers=signed_in(), queries=3),
    Row(name="learning:notice", path=to("learning:notice", notice), answers=only_owner(), queries=4),
    Row(
        name="learning:read_notice",
        method="POST",
        path=to("learning:read_notice", notice),
        answers=only_owner("learning:notices"),
        queries=5,
    ),
    Row(
        name="learning:read_all_notices",
        method="POST",
        path=to("learning:read_all_notices"),
        answers=signed_in("learning:notices"),
        queries=2,
    ),
    Row(name="learning:reminders", path=to("learning:reminders"), answers=signed_in(), queries=3),
    Row(
        name="learning:pause_reminders",
        method="POST",
        path=to("learning:pause_reminders"),
        data=lambda world: {"how_long": "told"},
        answers=signed_in("learning:reminders"),
        queries=3,
    ),
    Row(
        name="learning:resume_reminders",
        method="POST",
        path=to("learning:resume_reminders"),
        answers=signed_in("learning:reminders"),
        queries=2,
    ),
    Row(
        name="learning:snooze_reminders",
        method="POST",
        path=to("learning:snooze_reminders", ada),
        answers=only_owner("learning:reminders"),
        queries=4,
    ),
    Row(
        name="learning:wake_reminders",
        method="POST",
        path=to("learning:wake_reminders", ada),
        answers=only_owner("learning:reminders"),
        queries=3,
    ),
    Row(
        name="staff:messages",
        path=to("staff:messages"),
        answers=staff(**NOT_THE_TEAM),
        measured_as=ADMINISTRATOR,
        may_write=PREFERENCES,
        queries=8,
    ),
    Row(
        name="staff:message_kind",
        path=to("staff:message_kind", kind),
        answers=staff(**NOT_THE_TEAM),
        measured_as=ADMINISTRATOR,
        may_write=PREFERENCES,
        queries=10,
    ),
    Row(
        name="staff:message_kind",
        method="POST",
        path=to("staff:message_kind", kind),
        data=lambda world: {"subject": "News", "body": "Go on:\n{url}", "do": "save"},
        answers=staff("staff:message_kind", **NOT_THE_TEAM),
        measured_as=ADMINISTRATOR,
        queries=9,
    ),
    Row(
        name="staff:standard_words",
        method="POST",
        path=to("staff:standard_words", changed),
        answers=staff("staff:message_kind", **NOT_THE_TEAM),
        measured_as=ADMINISTRATOR,
        queries=7,
    ),
)
