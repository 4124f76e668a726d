"""Every address has a row: each part is played, and the SQL of each answer is counted.

And looking changes nothing: no GET writes to the database, whoever looks.
"""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

from tests.architecture.addresses import ADMIN, ADMIN_FOR_ANYBODY, ANONYMOUS, ROLES, ROWS, Row
from tests.architecture.asking import answer, ask, client_of, only_reading, statements, undone
from tests.architecture.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_addresses")]
EVERY_ROW = pytest.mark.parametrize("row", ROWS, ids=[row.title for row in ROWS])
# What costs more than docs say it may, with its number and its budget. It may only grow shorter.
OVER_BUDGET: dict[str, tuple[int, int]] = {
    # The hand-in that completes a course: the completion, its ledger line and its outbox entry.
    "POST learning:hand_in": (11, 10),
}
MAIL = b"Subject: Welcome\nTo: ada@example.org\n\nHello. http://testserver/learning/\n"


@pytest.fixture(autouse=True)
def mailbox(tmp_path: Path) -> Iterator[None]:
    """A demo mailbox with one e-mail, and a secret file beside it."""
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "one.log").write_bytes(MAIL)
    (tmp_path / "secret.log").write_bytes(MAIL)
    with override_settings(EMAIL_FILE_PATH=str(folder)):
        yield


def patterns(resolver: Any, namespace: str = "", before: str = "") -> Iterator[tuple[str, str]]:
    """The name and the route of every address."""
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", route
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from patterns(pattern, inner, route)


def test_every_address_has_a_row() -> None:
    ours = {
        name
        for name, route in patterns(get_resolver())
        if not route.startswith(ADMIN) or name.startswith(("staff:", "staff_", "reading:", "components"))
    }
    # Two sign-in forms of Wagtail lead to ours; the pattern that does it for one has no name.
    assert {row.name for row in ROWS} == ours - {"None"}


def test_every_row_says_what_each_part_gets_and_what_it_costs() -> None:
    for row in ROWS:
        assert set(row.answers) == set(ROLES), row.title
        assert row.queries is not None, row.title
    assert len({row.title for row in ROWS}) == len(ROWS)


def test_only_these_rows_cost_more_than_their_budget() -> None:
    over = {
        row.title: (max(row.queries or 0, row.cold or 0), row.budget)
        for row in ROWS
        if row.budget is not None and max(row.queries or 0, row.cold or 0) > row.budget
    }
    assert over == OVER_BUDGET


@EVERY_ROW
def test_cases_35_and_42_each_part_gets_the_answer_of_the_row_and_looking_writes_nothing(
    world: World, row: Row
) -> None:
    found = {}
    for role in ROLES:
        with undone(row, world):
            client = client_of(world, row, role)
            with only_reading(row.may_write) if row.method == "GET" else nullcontext():
                found[role] = answer(ask(client, row, world))
    assert found == row.answers


@pytest.mark.statements
@EVERY_ROW
def test_the_answer_costs_exactly_the_statements_of_the_row(world: World, row: Row) -> None:
    found = statements(row, world, row.measured_as)
    assert len(found) == row.queries, "\n".join(found)


@pytest.mark.statements
@pytest.mark.parametrize("row", [r for r in ROWS if r.cold is not None], ids=lambda row: row.title)
def test_an_empty_cache_costs_exactly_the_statements_of_the_row(world: World, row: Row) -> None:
    found = statements(row, world, row.measured_as, cold=True)
    assert len(found) == row.cold, "\n".join(found)


METHODS = {name: {row.method for row in ROWS if row.name == name} for name in {row.name for row in ROWS}}
OURS = ("learning:", "certificates:", "account:", "staff:", "search", "demo:")
ONE_METHOD = [r for r in ROWS if r.name.startswith(OURS) and len(METHODS[r.name]) == 1 and not r.note]


@pytest.mark.parametrize("row", ONE_METHOD, ids=lambda row: row.title)
def test_the_other_method_is_refused(world: World, row: Row) -> None:
    with undone(row, world):
        client = client_of(world, row, row.measured_as)
        other = client.get if row.method == "POST" else client.post
        assert other(row.path(world)).status_code == 405


# Its signature stands in for the token, and is tried in tests/courses/web/test_buying.py.
SIGNED = {"stripe-webhook"}


@pytest.mark.parametrize(
    "row", [r for r in ROWS if r.method == "POST" and r.name not in SIGNED], ids=lambda row: row.title
)
def test_case_42_a_post_from_another_site_is_refused(world: World, row: Row) -> None:
    with undone(row, world):
        client = client_of(world, row, row.measured_as)
        client.handler.enforce_csrf_checks = True
        assert ask(client, row, world).status_code == 403


ADMIN_ROUTES = sorted(
    {name for name, route in patterns(get_resolver("cms.urls")) if route.startswith(ADMIN)}
    - ADMIN_FOR_ANYBODY
    - {"None"}
)


@pytest.mark.parametrize("who", [ANONYMOUS, "cleo"])
def test_nobody_without_business_there_gets_into_the_admin(world: World, who: str) -> None:
    client = Client()
    if who != ANONYMOUS:
        client.force_login(world.people[who])
    wrong = {}
    for name in ADMIN_ROUTES:
        try:
            path = reverse(name)
        except NoReverseMatch:
            continue
        response = client.get(path)
        found = answer(response)
        if found not in ("staff_login", "account_login", 403, 404):
            wrong[name] = found
    assert wrong == {}


def test_the_mailbox_is_there_only_in_the_demo(world: World) -> None:
    with override_settings(ROOT_URLCONF="cms.urls"):
        assert Client().get("/demo/mailbox/").status_code == 404
