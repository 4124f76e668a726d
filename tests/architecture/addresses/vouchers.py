"""Vouchers in Wagtail's admin."""

from tests.architecture.addresses.rows import (
    ADMINISTRATOR,
    ASSESSOR,
    EDITOR,
    FACILITATOR,
    Row,
    staff,
    to,
)
from tests.architecture.world import World

PREFERENCES = frozenset({"wagtailusers_userprofile"})
# Who looks after learners or pages sees nothing of what people pay.
NOT_THEIRS = {FACILITATOR: 404, ASSESSOR: 404, EDITOR: 404}


def voucher(world: World) -> int:
    return world.voucher.pk


VOUCHERS = (
    Row(
        name="staff:vouchers",
        path=to("staff:vouchers"),
        answers=staff(**NOT_THEIRS),
        measured_as=ADMINISTRATOR,
        may_write=PREFERENCES,
        queries=11,
    ),
    Row(
        name="staff:make_vouchers",
        path=to("staff:make_vouchers"),
        answers=staff(**NOT_THEIRS),
        measured_as=ADMINISTRATOR,
        may_write=PREFERENCES,
        queries=9,
    ),
    Row(
        name="staff:make_vouchers",
        method="POST",
        path=to("staff:make_vouchers"),
        data=lambda world: {"number": 2, "kind": "percent", "value": "50", "purpose": "sales"},
        answers=staff("staff:vouchers", **NOT_THEIRS),
        measured_as=ADMINISTRATOR,
        queries=3,
    ),
    Row(
        name="staff:vouchers_csv",
        path=to("staff:vouchers_csv"),
        answers=staff(**NOT_THEIRS),
        measured_as=ADMINISTRATOR,
        queries=5,
    ),
    Row(
        name="staff:voucher",
        path=to("staff:voucher", voucher),
        answers=staff(**NOT_THEIRS),
        measured_as=ADMINISTRATOR,
        may_write=PREFERENCES,
        queries=11,
    ),
    Row(
        name="staff:switch_off_voucher",
        method="POST",
        path=to("staff:switch_off_voucher", voucher),
        answers=staff("staff:voucher", **NOT_THEIRS),
        measured_as=ADMINISTRATOR,
        queries=4,
    ),
)
