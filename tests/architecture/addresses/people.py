"""Staff pages about the people of a cohort, and the page of a learner's group."""

from typing import Any
from uuid import uuid4

from django.urls import reverse

from courses.staff.doings import DOINGS
from tests.architecture.addresses.rows import (
    ASSESSOR,
    EDITOR,
    FACILITATOR,
    Row,
    ada,
    cohort,
    dee,
    only_owner,
    staff,
    to,
)
from tests.architecture.addresses.staff import PREFERENCES
from tests.architecture.world import World

# A team sees its own cohort; an editor finds no learner anywhere.
THE_TEAM = {EDITOR: 404}
# Those who only help or assess see a person, and do nothing with their place.
ONLY_FACILITATORS = {ASSESSOR: 404, EDITOR: 404}
ONLY_ADMINISTRATORS = {FACILITATOR: 404, ASSESSOR: 404, EDITOR: 404}

# What a page that confirms costs, where it asks for more or less than the others.
COSTS = {"move": 28, "certificate": 23}


def ticked(do: str, **more: Any) -> Any:
    return lambda world: {"do": do, "people": [world.dee_enrolment.pk], **more}


def act(what: str) -> Any:
    return lambda world: reverse("staff:person_act", args=[world.dee_enrolment.pk, what])


def again(world: World) -> dict[str, Any]:
    return {
        "name": "Once more",
        "starts_on": "2027-01-04",
        "edition": world.course.edition.pk,
        "confirm": "yes",
    }


PEOPLE = (
    Row(
        name="staff:matrix",
        path=to("staff:matrix", cohort),
        answers=staff(**THE_TEAM),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=15,
    ),
    Row(
        name="staff:matrix_csv",
        path=to("staff:matrix_csv", cohort),
        answers=staff(**THE_TEAM),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=10,
    ),
    Row(
        name="staff:bulk",
        method="POST",
        path=to("staff:bulk", cohort),
        data=ticked("pause"),
        answers=staff(**ONLY_FACILITATORS),
        measured_as=FACILITATOR,
        note="to look at",
        queries=19,
    ),
    Row(
        name="staff:bulk",
        method="POST",
        path=to("staff:bulk", cohort),
        data=ticked("pause", confirm="yes", reason="A break"),
        answers=staff("staff:register", **ONLY_FACILITATORS),
        measured_as=FACILITATOR,
        note="confirmed",
        queries=13,
    ),
    Row(
        name="staff:notices",
        path=to("staff:notices", cohort),
        answers=staff(**THE_TEAM),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=13,
    ),
    Row(
        name="staff:notices",
        method="POST",
        path=to("staff:notices", cohort),
        data=lambda world: {"text": "We meet at ten.", "token": str(uuid4())},
        answers=staff("staff:notices", **ONLY_FACILITATORS),
        measured_as=FACILITATOR,
        queries=13,
    ),
    Row(
        name="staff:remove_notice",
        method="POST",
        path=lambda world: reverse("staff:remove_notice", args=[cohort(world), world.group_notice.pk]),
        answers=staff("staff:notices", **ONLY_FACILITATORS),
        measured_as=FACILITATOR,
        queries=11,
    ),
    Row(
        name="staff:person",
        path=to("staff:person", ada),
        answers=staff(**THE_TEAM),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=27,
    ),
    *(
        Row(
            name="staff:person_act",
            path=act(what),
            answers=staff(**(ONLY_ADMINISTRATORS if what == "certificate" else ONLY_FACILITATORS)),
            measured_as="administrator" if what == "certificate" else FACILITATOR,
            may_write=PREFERENCES,
            note=what,
            queries=COSTS.get(what, 27),
        )
        for what in DOINGS
    ),
    Row(
        name="staff:person_act",
        method="POST",
        path=act("pause"),
        data=lambda world: {"reason": "A break"},
        answers=staff("staff:person", **ONLY_FACILITATORS),
        measured_as=FACILITATOR,
        queries=26,
    ),
    Row(
        name="staff:cohort_again",
        path=to("staff:cohort_again", cohort),
        answers=staff(**ONLY_ADMINISTRATORS),
        measured_as="administrator",
        may_write=PREFERENCES,
        queries=9,
    ),
    Row(
        name="staff:cohort_again",
        method="POST",
        path=to("staff:cohort_again", cohort),
        data=again,
        answers=staff("staff:register", **ONLY_ADMINISTRATORS),
        measured_as="administrator",
        queries=27,
    ),
    Row(
        name="staff:newer_edition",
        path=to("staff:newer_edition", cohort),
        answers=staff(**ONLY_ADMINISTRATORS),
        measured_as="administrator",
        may_write=PREFERENCES,
        queries=14,
    ),
    # There is no newer edition: the page comes back and says so.
    Row(
        name="staff:newer_edition",
        method="POST",
        path=to("staff:newer_edition", cohort),
        data=lambda world: {"name": "Goes on", "reason": "New", "edition": world.course.edition.pk},
        answers=staff(409, **ONLY_ADMINISTRATORS),
        measured_as="administrator",
        queries=17,
    ),
    Row(name="learning:cohort", path=to("learning:cohort", ada), answers=only_owner(), queries=5),
    Row(
        name="learning:show_name",
        method="POST",
        path=to("learning:show_name", dee),
        owner="dee",
        data=lambda world: {"shows_name": "yes"},
        answers=only_owner("learning:cohort"),
        queries=7,
    ),
)
