"""Somebody who listens for news, and waiting for what happens in another process."""

import http.server
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from courses.payments.gateway import Event
from courses.payments.stripe_gateway import StripeGateway
from tests.contracts.worlds import wanted
from tests.payments.stand_in import StandIn

LONG = 10  # seconds


def until(check: Callable[[], Any]) -> Any:
    """Wait for something that happens in another process."""
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen")


@dataclass
class Webhook:
    """Somebody who listens, and answers with what a test says."""

    address: str
    came: list[tuple[bytes, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def read(self) -> list[Event]:
        at = datetime.now(UTC)
        return [StripeGateway().read_event(body=b, signature=s, at=at) for b, s in self.came]


@contextmanager
def listening() -> Iterator[Webhook]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.came.append((body, self.headers.get("Stripe-Signature", "")))
            self.send_response(heard.answers.pop(0) if heard.answers else HTTPStatus.OK)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heard = Webhook(f"http://127.0.0.1:{server.server_port}/payments/stripe/")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield heard
    finally:
        server.shutdown()
        server.server_close()


def paid(gateway: StripeGateway, stand_in: StandIn) -> str:
    opened = gateway.open_checkout(wanted())
    stand_in.do(f"checkouts/{opened.id}/pay")
    return opened.id
