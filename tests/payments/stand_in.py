"""Stripe's stand-in as a test holds it: starts the process, plays bank through its control address."""

import http.client
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).resolve().parent.parent.parent
KEY = "sk_test_stand_in"


class Impossible(Exception):
    """The stand-in did not do what a test asked of it."""


@dataclass(frozen=True)
class StandIn:
    """A running stand-in. `secret` signs its news; `page_address` is where people pay."""

    address: str
    secret: str
    child: "subprocess.Popen[str]"
    page_address: str = ""

    def do(self, what: str, **given: Any) -> Any:
        """Ask for something under /_control/: see `scripts.stripe_stand_in.control`."""
        status, _, body = self.send("POST", f"/_control/{what}", json.dumps(given))
        if status != 200:
            raise Impossible(what, body)
        return json.loads(body)

    def news(self) -> list[dict[str, Any]]:
        """What has been told, oldest first, each with `body` and `signature` as it would be sent now."""
        found: list[dict[str, Any]] = json.loads(self.send("GET", "/_control/events")[2])
        return found

    def record(self) -> list[dict[str, Any]]:
        """What the library asked and was answered since everything was forgotten."""
        found: list[dict[str, Any]] = json.loads(self.send("GET", "/_control/record")[2])
        return found

    def type_card(self, url: str, card: str, **more: str) -> tuple[int, str]:
        """Fill in the page to pay at and press the button: gives the status, and the page or the way on."""
        status, headers, body = self.send("POST", urlsplit(url).path, urlencode({"card": card, **more}))
        return status, headers.get("Location") or body

    def send(
        self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], str]:
        where = urlsplit(self.address)
        connection = http.client.HTTPConnection(where.hostname or "", where.port or 0, timeout=20)
        try:
            connection.request(method, path, body.encode(), headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()


@contextmanager
def running(*options: str) -> Iterator[StandIn]:
    """Start a stand-in on a free port, and see that it ends."""
    secret = f"whsec_{secrets.token_hex(8)}"
    child = subprocess.Popen(
        [sys.executable, "-m", "scripts.stripe_stand_in", *options],
        cwd=ROOT,
        env={**os.environ, "STAND_IN_KEY": KEY, "STAND_IN_WEBHOOK_SECRET": secret},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None
        address, _, page_address = child.stdout.readline().strip().partition(" ")
        assert address, "the stand-in did not start"
        yield StandIn(address, secret, child, page_address)
    finally:
        child.terminate()
        child.communicate(timeout=10)
