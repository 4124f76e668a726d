"""Codes, invitations, and lists of people."""

from datetime import timedelta
from typing import Any

from tests.architecture.addresses.rows import (
    ANONYMOUS,
    ASSESSOR,
    EDITOR,
    FACILITATOR,
    Row,
    cohort,
    everybody,
    staff,
    to,
)
from tests.architecture.world import World

PREFERENCES = frozenset({"wagtailusers_userprofile"})
# Assessors look after the same cohort, and decide nothing about who comes.
NOT_THEIRS = {ASSESSOR: 404, EDITOR: 404}


def full_cohort(world: World) -> int:
    return world.full_cohort.pk


def offer(world: World) -> int:
    return world.offer.pk


def code(world: World) -> int:
    return world.ways_in.code.pk


def token(world: World) -> Any:
    return world.ways_in.list.token


def next_week(world: World) -> str:
    return (world.at + timedelta(days=7)).date().isoformat()


def asking_cohort(world: World) -> int:
    return world.asked_first.cohort.pk


def a_check(world: World) -> dict[str, Any]:
    return {
        "rule": world.asked_first.rule.pk,
        "outcome": "yes",
        "checked_on": world.at.date().isoformat(),
        "people": [world.asked_first.enrolment.learner_id],
    }


WAYS_IN = (
    Row(
        name="staff:checks",
        path=to("staff:checks", asking_cohort),
        answers=staff(**NOT_THEIRS),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=18,
    ),
    Row(
        name="staff:checks",
        method="POST",
        path=to("staff:checks", asking_cohort),
        data=a_check,
        answers=staff("staff:checks", **NOT_THEIRS),
        measured_as=FACILITATOR,
        queries=16,
    ),
    Row(name="learning:use_code", path=to("learning:use_code"), answers=everybody(), queries=1),
    # A code that nobody has.
    Row(
        name="learning:use_code",
        method="POST",
        path=to("learning:use_code"),
        data=lambda world: {"code": "0000-0000-0000"},
        answers=everybody(409, **{ANONYMOUS: "account_login"}),
        queries=5,
    ),
    Row(
        name="staff:codes",
        path=to("staff:codes", cohort),
        answers=staff(**NOT_THEIRS),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=14,
    ),
    Row(
        name="staff:codes",
        method="POST",
        path=to("staff:codes", cohort),
        data=lambda world: {"number": 2, "uses_allowed": 1},
        answers=staff("staff:codes", **NOT_THEIRS),
        measured_as=FACILITATOR,
        queries=7,
    ),
    Row(
        name="staff:codes_csv",
        path=to("staff:codes_csv", cohort),
        answers=staff(**NOT_THEIRS),
        measured_as=FACILITATOR,
        queries=6,
    ),
    Row(
        name="staff:revoke_code",
        method="POST",
        path=to("staff:revoke_code", cohort, code),
        answers=staff("staff:codes", **NOT_THEIRS),
        measured_as=FACILITATOR,
        queries=8,
    ),
    Row(
        name="staff:invitations",
        path=to("staff:invitations", full_cohort),
        answers=staff(**NOT_THEIRS),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=13,
    ),
    Row(
        name="staff:invitations",
        method="POST",
        path=to("staff:invitations", cohort),
        data=lambda world: {"addresses": "somebody@example.org", "last_day": next_week(world)},
        answers=staff("staff:invitations", **NOT_THEIRS),
        measured_as=FACILITATOR,
        queries=14,
    ),
    Row(
        name="staff:invite_again",
        method="POST",
        path=to("staff:invite_again", full_cohort, offer),
        answers=staff("staff:invitations", **NOT_THEIRS),
        measured_as=FACILITATOR,
        queries=11,
    ),
    Row(
        name="staff:learner_list",
        path=to("staff:learner_list", cohort),
        answers=staff(**NOT_THEIRS),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=11,
    ),
    # Without a file: the page comes back and asks for one.
    Row(
        name="staff:learner_list",
        method="POST",
        path=to("staff:learner_list", cohort),
        answers=staff(422, **NOT_THEIRS),
        measured_as=FACILITATOR,
        queries=11,
    ),
    # Others do not find the list that Fay checked, and are told so on the page for a new one.
    Row(
        name="staff:learner_list",
        method="POST",
        note="brought in",
        path=to("staff:learner_list", cohort),
        data=lambda world: {"do": "save", "token": token(world), "reason": "They asked"},
        answers=staff("staff:learner_list", **NOT_THEIRS),
        measured_as=FACILITATOR,
        queries=17,
    ),
    Row(
        name="staff:learner_list_csv",
        path=to("staff:learner_list_csv", cohort, token),
        answers=staff(404, **{FACILITATOR: 200}),
        measured_as=FACILITATOR,
        queries=11,
    ),
)
