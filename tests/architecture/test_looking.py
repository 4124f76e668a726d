"""Staff who look as a learner leave no trace: no address of a learner writes anything for them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.architecture.addresses import ROWS, Row
from tests.architecture.asking import client_of, undone
from tests.architecture.test_models import ACTION, APPEND_ONLY, our_models
from tests.architecture.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_addresses")]
OF_LEARNERS = ("learning:", "certificates:show_name")
NOT_REFUSED = {"learning:stop_looking"}
POSTS = [
    r for r in ROWS if r.method == "POST" and r.name.startswith(OF_LEARNERS) and r.name not in NOT_REFUSED
]
GETS = [r for r in ROWS if r.method == "GET" and r.name.startswith(OF_LEARNERS)]


def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows that say something about learners: everything that no form of the admin edits, and people."""
    models = our_models()
    labels = sorted((ACTION | APPEND_ONLY | {"users.User"}) & set(models))
    return {label: list(models[label]._base_manager.order_by("pk").values()) for label in labels}


@pytest.fixture(params=["a learner", "a sample learner"])
def onlooker(world: World, request: pytest.FixtureRequest) -> Client:
    """A facilitator who looks as Ada, or as nobody."""
    client = Client()
    client.force_login(world.people["fay"])
    if request.param == "a learner":
        address = reverse("staff:look_at_learner", args=[world.ada_enrolment.pk])
    else:
        address = reverse("staff:look_at_edition", args=[world.course.edition.pk])
    assert client.post(address).status_code == 302
    return client


@pytest.mark.parametrize("row", POSTS, ids=[row.title for row in POSTS])
def test_every_press_of_a_learner_s_button_is_refused_and_writes_nothing(
    world: World, onlooker: Client, row: Row
) -> None:
    with undone(row, world):
        before = everything()
        response = onlooker.post(row.path(world), row.data(world), headers=row.headers)
        assert response.status_code == 403
        assert "nothing was saved" in response.content.decode()
        assert everything() == before


def test_a_walk_over_every_page_of_a_learner_changes_no_row(world: World, onlooker: Client) -> None:
    before = everything()
    for row in GETS:
        response = onlooker.get(row.path(world), headers=row.headers)
        assert response.status_code in (200, 302, 403, 404), row.title
    assert everything() == before


def test_the_control_without_looking_the_same_presses_do_write(world: World) -> None:
    wrote = set()
    for row in POSTS:
        with undone(row, world):
            client, before = client_of(world, row, "owner"), everything()
            client.post(row.path(world), row.data(world), headers=row.headers)
            if everything() != before:
                wrote.add(row.name)
    assert {"learning:done", "learning:begin", "learning:hand_in", "certificates:show_name"} <= wrote


def test_the_list_of_presses_is_the_list_of_addresses() -> None:
    """An address for learners that is never pressed above would be refused by nobody's test."""
    assert {"learning:done", "learning:begin", "learning:question", "learning:hand_in", "learning:join"} <= {
        row.name for row in POSTS
    }
