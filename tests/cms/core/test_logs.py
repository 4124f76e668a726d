"""The log tells what happened, and never of whom."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from cms.core.logs import JsonFormatter, scrubbed
from cms.users.models import User
from courses.outbox import delivery, writing
from courses.queries import dashboard
from tests.factories.courses import BuiltCourse

NAME, ADDRESS = "Canaryname", "canary@canary.example"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged at any level, written as production writes it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


def events(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_whole_journey_leaves_no_name_and_no_address_in_the_log(
    course: BuiltCourse,
    now: datetime,
    log: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    form = {"printed_name": NAME, "email": ADDRESS, "password1": "canary password", "agreed": "on"}
    browser = Client(raise_request_exception=False)
    browser.post("/accounts/signup/", form)
    browser.post("/accounts/signup/", form)
    browser.post("/accounts/login/", {"login": ADDRESS, "password": "canary wrong"})
    browser.post("/accounts/password/reset/", {"email": ADDRESS})
    user = User.objects.get(email=ADDRESS)
    with django_capture_on_commit_callbacks(execute=True):
        course.complete(user, at=now)
    browser.force_login(user)
    browser.get(f"/search/?q={NAME}+{ADDRESS}")
    browser.get(f"/nothing/here/?name={NAME}&email={ADDRESS}")
    browser.get(f"/nothing/{ADDRESS}/")
    browser.post("/account/", {"printed_name": NAME * 50, "time_zone": ADDRESS})
    Client(enforce_csrf_checks=True).post("/certificates/", {"code": NAME})

    def broken(*, learner: Any, at: Any) -> None:
        raise RuntimeError(f"{learner.printed_name} {learner.email} could not be shown")

    monkeypatch.setattr(dashboard, "dashboard", broken)
    assert browser.get(f"/learning/?who={NAME}").status_code == 500

    def failing(payload: Any, at: datetime) -> None:
        raise OSError(f"the server refused {ADDRESS} of {NAME}")

    delivery.register("test-canary")(failing)
    delivery.deliver(entry_id=writing.write(kind="test-canary", at=now).pk, at=now)
    del delivery._handlers["test-canary"]

    found = events(log)
    assert {"RuntimeError", "OSError"} <= {event.get("error") for event in found}
    assert "canary" not in log.getvalue().lower()


def test_an_error_tells_its_kind_and_place_but_not_its_text(log: io.StringIO) -> None:
    try:
        int(NAME)
    except ValueError:
        logging.getLogger("test").exception("it failed", extra={"part": "a part"})
    (event,) = events(log)
    assert (event["level"], event["logger"], event["message"]) == ("ERROR", "test", "it failed")
    assert (event["error"], event["part"]) == ("ValueError", "a part")
    assert event["where"][0].startswith("test_logs.py:")


def test_one_event_is_one_line_whatever_is_in_it(log: io.StringIO) -> None:
    """A line break in an address must not forge a second event."""
    logging.getLogger("test").warning('bad path /a\n{"level": "CRITICAL"}\r\nmore')
    (event,) = events(log)
    assert event["level"] == "WARNING"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("sent to ada.lerner+x@example.org.", "sent to …@…"),
        ("GET /search/?q=secret+words HTTP", "GET /search/?… HTTP"),
        (f"Conflict: /offers/{'aB_-' * 10}xyz/decline/", "Conflict: /offers/…/decline/"),
        (f"Not Found: /calendars/{'aB3_' * 10}xyz.ics", "Not Found: /calendars/….ics"),
        ("Not Found: /certificates/0123456789ABCDEFGHJKMNPQRSTV/", None),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_addresses_query_strings_and_secret_links_are_taken_out(text: str, kept: str | None) -> None:
    assert scrubbed(text) == (text if kept is None else kept)


@given(st.text(max_size=80))
def test_whatever_is_logged_stays_on_one_line(text: str) -> None:
    record = logging.LogRecord("x", logging.INFO, "f", 1, "%s", (text,), None)
    assert len(JsonFormatter().format(record).splitlines()) == 1
