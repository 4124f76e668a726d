"""Coming to a course and leaving it: waiting, applying, offers, and changing groups."""

from typing import Any

from courses.actions import apply
from courses.cohorts.models import Cohort
from tests.architecture.addresses.rows import (
    ANONYMOUS,
    ASSESSOR,
    EDITOR,
    FACILITATOR,
    OWNER,
    Answers,
    Row,
    ada,
    everybody,
    only_owner,
    signed_in,
    staff,
    to,
)
from tests.architecture.world import World
from tests.factories import applications
from tests.factories import courses as build

PREFERENCES = frozenset({"wagtailusers_userprofile"})


def full_cohort(world: World) -> int:
    return world.full_cohort.pk


def asked_cohort(world: World) -> int:
    return world.application.cohort_id


def application(world: World) -> int:
    return world.application.pk


def offer(world: World) -> int:
    return world.offer.pk


def secret(world: World) -> str:
    return world.offer_secret


def fay_asks(world: World) -> None:
    text = "Which years?"
    apply.ask_more(application_id=application(world), by=world.people["fay"], text=text, seen=1, at=world.at)


def other_group(world: World) -> None:
    build.cohort(world.course.edition, at=world.at, name="Other group")


def to_the_other_group(world: World) -> dict[str, Any]:
    return {"to": Cohort.objects.get(name="Other group").pk, "reason": "dates"}


def who_chooses(answer: int | str = 200) -> Answers:
    """The facilitators of the cohort and administrators."""
    return staff(answer, **{ASSESSOR: 404, EDITOR: 404})


LEARNERS = (
    Row(
        name="learning:wait",
        method="POST",
        owner="wen",
        path=to("learning:wait", full_cohort),
        answers=signed_in("learning:join"),
        queries=7,
    ),
    Row(
        name="learning:stop_waiting",
        method="POST",
        owner="wen",
        path=to("learning:stop_waiting", full_cohort),
        answers=signed_in("learning:join"),
        queries=5,
    ),
    Row(name="learning:apply", path=to("learning:apply", asked_cohort), answers=signed_in(), queries=4),
    Row(
        name="learning:apply",
        method="POST",
        path=to("learning:apply", asked_cohort),
        data=lambda world: {**applications.typed("Better words"), "go": "send"},
        answers=signed_in("learning:application"),
        queries=8,
    ),
    Row(
        name="learning:application",
        path=to("learning:application", application),
        answers=only_owner(),
        queries=3,
    ),
    Row(
        name="learning:application",
        method="POST",
        path=to("learning:application", application),
        before=fay_asks,
        data=lambda world: {"text": "1990 to 2000."},
        answers=only_owner("learning:application"),
        queries=8,
    ),
    Row(
        name="learning:withdraw_application",
        path=to("learning:withdraw_application", application),
        answers=only_owner(),
        queries=3,
    ),
    Row(
        name="learning:withdraw_application",
        method="POST",
        path=to("learning:withdraw_application", application),
        answers=only_owner("learning:dashboard"),
        queries=6,
    ),
    Row(
        name="learning:offer", owner="otto", path=to("learning:offer", offer), answers=only_owner(), queries=2
    ),
    Row(
        name="learning:offer",
        method="POST",
        owner="otto",
        path=to("learning:offer", offer),
        answers=only_owner("learning:course"),
        queries=14,
    ),
    Row(
        name="learning:decline_offer",
        owner="otto",
        path=to("learning:decline_offer", offer),
        answers=only_owner(),
        queries=2,
    ),
    Row(
        name="learning:decline_offer",
        method="POST",
        owner="otto",
        path=to("learning:decline_offer", offer),
        answers=only_owner("learning:dashboard"),
        queries=11,
    ),
    Row(
        name="learning:offer_link",
        owner="otto",
        path=to("learning:offer_link", secret),
        answers=everybody(),
        queries=2,
    ),
    Row(
        name="learning:offer_link",
        method="POST",
        owner="otto",
        path=to("learning:offer_link", secret),
        # Somebody else is told that it is for another account.
        answers={**signed_in(200), OWNER: "learning:course"},
        queries=16,
    ),
    Row(
        name="learning:decline_offer_link",
        owner="otto",
        path=to("learning:decline_offer_link", secret),
        answers=everybody(),
        queries=2,
    ),
    Row(
        name="learning:decline_offer_link",
        method="POST",
        owner="otto",
        path=to("learning:decline_offer_link", secret),
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=12,
    ),
    Row(name="learning:leave", path=to("learning:leave", ada), answers=only_owner(), queries=2),
    Row(
        name="learning:leave",
        method="POST",
        path=to("learning:leave", ada),
        data=lambda world: {"reason": "No time"},
        answers=only_owner("learning:dashboard"),
        queries=15,
    ),
    Row(name="learning:move", path=to("learning:move", ada), answers=only_owner(), queries=3),
    Row(
        name="learning:move",
        method="POST",
        path=to("learning:move", ada),
        before=other_group,
        data=to_the_other_group,
        answers=only_owner("learning:course"),
        queries=55,
    ),
)
TEAM = (
    Row(
        name="staff:applications",
        path=to("staff:applications", asked_cohort),
        answers=who_chooses(),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=14,
    ),
    Row(
        name="staff:applications_csv",
        path=to("staff:applications_csv", asked_cohort),
        answers=who_chooses(),
        measured_as=FACILITATOR,
        queries=7,
    ),
    Row(
        name="staff:application",
        path=to("staff:application", application),
        answers=who_chooses(),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=15,
    ),
    Row(
        name="staff:application",
        method="POST",
        path=to("staff:application", application),
        data=lambda world: {"do": "decline", "seen": "1", "decline-reply": "Next year?"},
        answers=who_chooses("staff:application"),
        measured_as=FACILITATOR,
        queries=15,
    ),
    Row(
        name="staff:decline_application",
        path=to("staff:decline_application", application),
        answers=who_chooses(),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=15,
    ),
    Row(
        name="staff:places",
        path=to("staff:places", full_cohort),
        answers=who_chooses(),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=16,
    ),
    Row(
        name="staff:places",
        method="POST",
        path=to("staff:places", full_cohort),
        data=lambda world: {"do": "send_again", "offer": offer(world)},
        answers=who_chooses("staff:places"),
        measured_as=FACILITATOR,
        queries=16,
    ),
    Row(
        name="staff:take_back_offer",
        path=to("staff:take_back_offer", offer),
        answers=who_chooses(),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=17,
    ),
    Row(
        name="staff:take_back_offer",
        method="POST",
        path=to("staff:take_back_offer", offer),
        data=lambda world: {"reason": "A slip"},
        answers=who_chooses("staff:places"),
        measured_as=FACILITATOR,
        queries=20,
    ),
)
JOINING = (*LEARNERS, *TEAM)
