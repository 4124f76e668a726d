"""What `make bench` measures: every budget has people who ask, and what they ask for is really there."""

import os
from collections import Counter
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bench import __main__ as bench
from bench import asks, floors, measure, mixed
from bench.client import WrongAnswer
from bench.fill import certificates, course, learners, library, matrix, orders, pools
from bench.measure import Target
from tests.factories import courses as build
from tests.factories import people
from tests.factories.courses import BuiltCourse
from tests.payments.memory_gateway import MemoryGateway

ME = [os.getpid()]


def nothing() -> None:
    """Ask for nothing."""


def counted(names: str) -> tuple[Counter[str], list[Any]]:
    """For each letter somebody who asks, and how often each of them did."""
    asked: Counter[str] = Counter()
    return asked, [lambda name=name: asked.update([name]) for name in names]


def test_every_budget_has_a_floor_and_a_limit() -> None:
    for name, budget in bench.BUDGETS.items():
        assert budget["floor"] in floors.TITLES, name
        assert 1 < budget["at_most"] < (16 if budget.get("is_ours") else 3), name


def test_a_budget_that_nobody_asks_for_is_told() -> None:
    asks.names_of(["home", "lesson"], {"lesson": {}, "home": {}})
    with pytest.raises(WrongAnswer, match="catalogue, lesson"):
        asks.names_of(["home", "lesson"], {"home": {}, "catalogue": {}})


def test_who_can_ask_only_once_asks_only_once() -> None:
    asked, people_of_it = counted("abcdefgh")
    target = Target("once", ME, people_of_it, once=True)
    measure.block(target, 4)
    measure.block(target, 4)
    assert asked == Counter("abcdefgh")


def test_nobody_is_two_clients_at_the_same_moment() -> None:
    _asked, people_of_it = counted("abcdefgh")
    first, second = Target("again", ME, people_of_it).turns(40)
    assert len(first) == len(second) == 20
    assert not {id(ask) for ask in first} & {id(ask) for ask in second}


def test_a_block_is_no_larger_than_there_are_people_for_all_rounds() -> None:
    target = Target("once", ME, [nothing] * measure.once_for(3), once=True)
    assert measure.size_of_block(target, 3) == measure.ONCE_A_BLOCK


def test_the_floor_after_one_line_is_the_floor_before_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "MOST", 4)
    monkeypatch.setattr(measure, "WARM_UP", 4)
    ours = {name: Target(name, ME, [nothing] * 2) for name in ("lesson", "home", "course")}
    least = {name: Target(name, ME, [nothing] * 2) for name in floors.TITLES}
    found = bench.compare(ours, least, 2)
    assert [len(compared) for compared in found.values()] == [2, 2, 2]
    assert found["lesson"][0].after is found["course"][0].before
    assert found["lesson"][0].before is not found["home"][0].before


def test_a_mixture_counts_what_was_wrong() -> None:
    def refused() -> None:
        raise WrongAnswer("500 instead of 200")

    asked, once = counted("abcd")
    found = mixed.run(
        {"good": [nothing] * 2, "bad": [refused] * 2, "once": once}, ["once"], requests=40, clients=2
    )
    assert found.count == 40
    assert found.answers["once"] == 4
    assert asked == Counter("abcd")
    assert found.wrong == ["bad: 500 instead of 200"] * found.answers["bad"]


@pytest.fixture
def demo_course(monkeypatch: pytest.MonkeyPatch) -> BuiltCourse:
    """A course like that of the demo, and less of everything that is made from it."""
    monkeypatch.setattr(learners, "READERS", 1)
    monkeypatch.setattr(learners, "LESSONS_DONE", 2)
    monkeypatch.setattr(certificates, "HOLDERS", 1)
    monkeypatch.setattr(course, "STAGES", 2)
    monkeypatch.setattr(course, "LESSONS_A_STAGE", 2)
    monkeypatch.setattr(course, "COHORTS_TO_JOIN", 2)
    people.person("editor", "Ed Itor")
    return build.course(at=timezone.now())


def client_of(session: str) -> Client:
    client = Client()
    client.cookies["session"] = session
    return client


@pytest.mark.django_db
def test_what_can_be_asked_once_is_there(demo_course: BuiltCourse) -> None:
    at = timezone.now()
    big = course.build(at=at)
    assert [len(stage.activities) for stage in big.outline.stages] == [3, 3]
    places = {
        "/learning/": pools.joiners(big, count=3, at=at),
        "/learning/attempts/": [
            *pools.starters(big, count=3, at=at),
            *pools.finishers(big, count=3, at=at),
        ],
    }
    for leads_to, found in places.items():
        for one in found:
            answer = client_of(one["session"]).post(one["url"])
            assert (answer.status_code, answer["Location"][: len(leads_to)]) == (302, leads_to)


@pytest.mark.django_db
def test_what_is_read_again_and_again_is_there(demo_course: BuiltCourse, client: Client) -> None:
    at = timezone.now()
    big = course.build(at=at)
    (reader,) = learners.readers(big, at=at)
    client.force_login(learners.User.objects.get(email=reader["email"]))
    for name in ("dashboard", "course", "lesson", "question", "review"):
        assert client.get(reader[name]).status_code == 200, name


@pytest.mark.django_db
def test_the_team_of_a_large_cohort_sees_its_matrix_and_its_register(
    demo_course: BuiltCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix, "PEOPLE", 3)
    monkeypatch.setattr(matrix, "TEAM", 1)
    people.staff("fay", "Fay Cilitator", group="Course team")
    at = timezone.now()
    (one,) = matrix.build(course.build(at=at), at=at)
    page = client_of(one["session"])
    assert "cm-table" in page.get(one["matrix"]).content.decode()
    assert "Progress" in page.get(one["register"]).content.decode()


@pytest.mark.django_db
def test_who_buys_a_place_is_sent_to_pay(demo_course: BuiltCourse, payment_service: MemoryGateway) -> None:
    at = timezone.now()
    payment_service.at = at
    (one,) = orders.buyers(course.build(at=at), count=1, at=at)
    page = client_of(one["session"]).post(
        one["url"], {name: one[name] for name in ("price", "name", "terms")}
    )
    (order,) = orders.Order.objects.all()
    assert (page.status_code, page["Location"]) == (302, payment_service.checkout(order.checkout).url)


@pytest.mark.django_db
def test_the_team_for_payments_sees_an_order_of_each_kind(
    demo_course: BuiltCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "TEAM", 1)
    people.staff("penny", "Penny Counter", group="Payments")
    at = timezone.now()
    orders.build(course.build(at=at), count=1_000, at=at)
    (one,) = orders.team(at=at)
    text = client_of(one["session"]).get(one["orders"]).content.decode()
    assert [f"SOLD{number}" in text for number in range(len(orders.KINDS))] == [True] * len(orders.KINDS)
    assert sum(kind.of_a_thousand for kind in orders.KINDS) == 1_000


@pytest.mark.django_db
def test_certificates_can_be_checked_and_are_not_drawn_yet(demo_course: BuiltCourse) -> None:
    found = certificates.build(count=1, at=timezone.now())
    assert Client().get(found["certificates"][0]["url"]).status_code == 200
    (pdf,) = found["pdfs"]
    assert client_of(pdf["session"]).get(pdf["url"]).content.startswith(b"%PDF")
    assert not certificates.CertificateDocument.objects.filter(certificate__code=pdf["url"].split("/")[2])


@pytest.mark.django_db
def test_pages_made_in_bulk_are_found(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "RANKS", ((1,),))
    monkeypatch.setattr(library, "AT_ONCE", 7)
    build.home()
    (url,) = library.build(pages=10)
    text = client.get(url).content.decode()
    assert text.count("/bench-library/page-") >= 8
    address = text[text.index("/bench-library/page-") :].split('"')[0]
    assert client.get(address).status_code == 200
