"""The world of the walks, built once a module and undone at its end."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.architecture.asking import forget_everything
from tests.architecture.world import World, build_world


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The site with everybody in it. Each test runs in its own savepoint inside."""
    with django_db_blocker.unblock(), transaction.atomic():
        forget_everything()
        yield build_world()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def demo_addresses() -> Iterator[None]:
    """The addresses as the demo has them: read once, which takes longer than most answers do."""
    with override_settings(ROOT_URLCONF="tests.architecture.demo_urls"):
        yield
