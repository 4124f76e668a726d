"""The cast and the course that tests are written with.

Ada learns; Ben learns on the same course; Cleo must see nothing; Fay facilitates; Ana assesses; Ed
edits; Amy administers. `course` is a small published course: two stages, two lessons, one quiz of
three questions, one optional lesson.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import caches
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, settings

from cms.core import page_cache
from cms.users.models import User
from courses.assessment.models import Attempt
from courses.catalogue import memory
from courses.enrolment.models import Enrolment
from tests.factories import courses as build
from tests.factories import people
from tests.factories.courses import BuiltCourse
from tests.payments import memory_gateway, stand_in

HERE = Path(__file__).parent
OF_PAGES = [HERE / "cms", HERE / "courses" / "staff", HERE / "courses" / "web"]
USES_DATABASE = {"db", "transactional_db", "django_db_setup"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--second-database",
        action="store_true",
        help="leave out tests that touch no database, and those of single pages",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What runs on a second database: all that writes, reads or walks through every address there.

    What touches no database has been tested on the first (pytest-django sees to that), and neither what a
    single page says in this or that case nor how many statements it takes depends on the database.
    """
    if not config.getoption("--second-database"):
        return
    left_out = [
        item
        for item in items
        if _is_of_a_page(item) or not _uses_database(item) or item.get_closest_marker("statements")
    ]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


def _is_of_a_page(item: pytest.Item) -> bool:
    return any(folder in item.path.parents for folder in OF_PAGES)


def _uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(fixtures & USES_DATABASE) or item.get_closest_marker("django_db") is not None


settings.register_profile(
    "project",
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("project")

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """Begin with the migrated database that the suite has made once for all, if it has."""
    template = os.environ.get("TEST_TEMPLATE")
    ours = django_settings.DATABASES["default"]
    if not template:
        yield
    elif connection.vendor == "postgresql":
        ours["TEST"]["TEMPLATE"] = template
        yield
    else:
        in_memory = connection.creation._get_test_db_name()
        with closing(sqlite3.connect(in_memory, uri=True)) as kept:
            with closing(sqlite3.connect(template)) as migrated:
                migrated.backup(kept)
            yield


@pytest.fixture
def now() -> datetime:
    """The moment at which tests act, unless they say otherwise."""
    return NOW


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """No test sees what another left in a cache: pages, menus, rate limits, site roots."""
    for kept in caches.all(initialized_only=False):
        kept.clear()
    page_cache.store.forget()
    memory.forget()


@pytest.fixture
def ada(db: None) -> User:
    return people.person("ada", "Ada Lerner")


@pytest.fixture
def ben(db: None) -> User:
    return people.person("ben", "Ben Lerner")


@pytest.fixture
def cleo(db: None) -> User:
    return people.person("cleo", "Cleo Else")


@pytest.fixture
def fay(db: None) -> User:
    return people.staff("fay", "Fay Cilitator", group="Course team")


@pytest.fixture
def ana(db: None) -> User:
    return people.staff("ana", "Ana Sessor", group="Course team")


@pytest.fixture
def ed(db: None) -> User:
    return people.staff("ed", "Ed Itor", group="Course editors")


@pytest.fixture
def amy(db: None) -> User:
    return people.person("amy", "Amy Min", is_superuser=True)


@pytest.fixture
def course(db: None) -> BuiltCourse:
    """A small published course with an open rolling cohort."""
    return build.course(at=NOW)


@pytest.fixture
def enrolment(course: BuiltCourse, ada: User) -> Enrolment:
    """Ada's place on the course, with nothing done yet."""
    return course.enrol(ada, at=NOW)


@pytest.fixture
def attempt(course: BuiltCourse, enrolment: Enrolment) -> Attempt:
    """Ada's open attempt at the quiz, every lesson before it done."""
    course.do_lessons(enrolment, at=NOW)
    return course.begin(enrolment, at=NOW)


@pytest.fixture
def sign_in() -> Callable[[Any], Client]:
    """A browser session of somebody, made without the sign-in form."""

    def make(user: Any) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def private_files(settings: Any, tmp_path: Path) -> Path:
    """An empty private storage of this test's own; gives its folder."""
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": str(tmp_path), "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    settings.PRIVATE_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def payment_service(settings: Any) -> memory_gateway.MemoryGateway:
    """Paying by card is switched on, at a service that only this test knows."""
    settings.STRIPE_SECRET_KEY = "sk_test_memory"
    settings.PAYMENT_GATEWAY = "tests.payments.memory_gateway.current"
    return memory_gateway.begin()


@pytest.fixture(scope="session")
def _stripe_stand_in() -> Iterator[stand_in.StandIn]:
    with stand_in.running("--record") as started:
        yield started


@pytest.fixture
def stripe_stand_in(_stripe_stand_in: stand_in.StandIn, settings: Any) -> Iterator[stand_in.StandIn]:
    """Paying by card is switched on, with Stripe's own library and a stand-in of Stripe, new for each test.

    When the test ends, all that was asked and answered is judged by the types of the library.
    """
    from tests.contracts import judging

    settings.STRIPE_SECRET_KEY = stand_in.KEY
    settings.STRIPE_WEBHOOK_SECRETS = [_stripe_stand_in.secret]
    settings.STRIPE_ADDRESS = settings.STRIPE_PAGES = _stripe_stand_in.address
    settings.STRIPE_ACCOUNT = ""
    _stripe_stand_in.do("forget")
    _stripe_stand_in.do("webhook", address="", secret=_stripe_stand_in.secret)
    yield _stripe_stand_in
    assert judging.problems(_stripe_stand_in) == []
