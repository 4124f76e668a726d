"""The stand-in of Stripe that `make run` starts beside the demo."""

import http.client
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scripts import demo


def status_of(address: str, path: str) -> int:
    where = urlsplit(address)
    connection = http.client.HTTPConnection(where.hostname or "", where.port or 0, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_it_runs_beside_the_site_and_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "STAND_IN", tmp_path / "stripe.json")
    with demo._till("127.0.0.1", 8000) as till:
        address = str(till.settings["DEMO_STRIPE_ADDRESS"])
        assert till.settings["DEMO_STRIPE_PAGES"] == address
        assert str(till.settings["STRIPE_SECRET_KEY"]).startswith("sk_test_")
        assert status_of(address, urlsplit(till.bank).path) == 200
        assert till.child.poll() is None
    assert till.child.poll() is not None


def test_on_this_machine_people_pay_beside_the_api() -> None:
    assert demo._pages("127.0.0.1", 8000) == demo._pages("localhost", 8000) == []


@pytest.mark.parametrize(
    ("given", "public"),
    [
        ({}, "http://127.0.0.1:8001"),
        ({"DEMO_HOST": "demo.example.org"}, "http://demo.example.org:8001"),
        ({"SITE_HOST": "site.example.org:8000"}, "http://site.example.org:8001"),
        ({"DEMO_PAY_ADDRESS": "https://pay.example.org/"}, "https://pay.example.org"),
    ],
)
def test_other_machines_get_a_port_for_the_pages_alone(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], public: str
) -> None:
    for name in ("DEMO_HOST", "SITE_HOST", "DEMO_PAY_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(demo, "_is_free", lambda host, port: port == 8001)
    words = ["--page-host", "0.0.0.0", "--page-port", "8001", "--public", public]
    assert demo._pages("0.0.0.0", 8000) == words


def test_no_key_of_this_terminal_reaches_the_demo() -> None:
    assert {name for name, value in demo.OURS.items() if value is None} >= {
        "STRIPE_SECRET_KEY",
        "STRIPE_WEBHOOK_SECRETS",
        "STRIPE_ACCOUNT",
    }
