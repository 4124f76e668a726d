"""A world for each payment service: `world` is all three in turn, `played` those where we can play bank."""

import os
from typing import Any

import pytest

from tests.contracts.worlds import LiveWorld, MemoryWorld, StandInWorld, World
from tests.payments import memory_gateway

NO_KEY = (
    "Stripe's test mode was not asked: set STRIPE_TEST_KEY to a key that begins with sk_test_ or rk_test_ "
    "and run `make stripe-live`."
)


@pytest.fixture(params=["memory", "stand-in", pytest.param("live", marks=pytest.mark.live)])
def world(request: pytest.FixtureRequest) -> World:
    return _world(request)


@pytest.fixture(params=["memory", "stand-in"])
def played(request: pytest.FixtureRequest) -> World:
    return _world(request)


def _world(request: pytest.FixtureRequest) -> Any:
    if request.param == "memory":
        return MemoryWorld(memory_gateway.MemoryGateway())
    if request.param == "stand-in":
        return StandInWorld(request.getfixturevalue("stripe_stand_in"))
    key = os.environ.get("STRIPE_TEST_KEY", "")
    if not key.startswith(("sk_test_", "rk_test_")):
        pytest.skip(NO_KEY)
    settings = request.getfixturevalue("settings")
    settings.STRIPE_SECRET_KEY, settings.STRIPE_ADDRESS, settings.STRIPE_ACCOUNT = key, "", ""
    return LiveWorld(key)
