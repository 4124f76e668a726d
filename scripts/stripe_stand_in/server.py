"""HTTP: reads requests, asks the modules beside it, writes answers. Nothing that was sent is logged."""

import http.server
import json
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from scripts.stripe_stand_in import api, forms, happening, page
from scripts.stripe_stand_in.control import Control
from scripts.stripe_stand_in.errors import Refused
from scripts.stripe_stand_in.faults import Fault
from scripts.stripe_stand_in.objects import API_VERSION
from scripts.stripe_stand_in.state import ACCOUNT, Thing, copied

MOST = 1_000_000
JSON = "application/json"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Shop:
    """Who is paid, and the key that its requests must carry."""

    merchant: str
    key: str


@dataclass(frozen=True)
class Shown:
    """A page, or the way to another."""

    status: int
    text: str
    headers: dict[str, str] = field(default_factory=dict)


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection. `pages_only`: nothing but the pages to pay at, on a port that may be open to others."""

    protocol_version = "HTTP/1.1"
    # An answer leaves in one piece: in two, each would wait for the other side to say that it has the first.
    wbufsize = 64 * 1024

    def __init__(self, control: Control, shop: Shop, *rest: Any, pages_only: bool = False) -> None:
        self.control, self.shop, self.pages_only = control, shop, pages_only
        self.state = control.state
        super().__init__(*rest)

    def do_GET(self) -> None:
        self._route(b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > MOST:
            self.close_connection = True
            self._say(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, JSON, b"{}")
            return
        self._route(self.rfile.read(int(length)))

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _route(self, body: bytes) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/pay/"):
            self._pay(path.removeprefix("/pay/"), body)
        elif path.startswith("/_control/") and not self.pages_only:
            self._control(path.removeprefix("/_control/"), body)
        elif path.startswith("/v") and not self.pages_only:
            self._api(path, body)
        else:
            self._show(Shown(HTTPStatus.NOT_FOUND, page.nothing()))

    # --- What the library asks

    def _api(self, path: str, body: bytes) -> None:
        text = body.decode(errors="replace") if self.command == "POST" else urlsplit(self.path).query
        with self.state.lock:
            fault = self.control.faults.next(self.command, path)
        if fault and self._refused_by(fault):
            return
        asked = api.Asked(self.command, path, {}, self.headers.get("Idempotency-Key", ""))
        try:
            self._let_in()
            asked = api.Asked(self.command, path, forms.decoded(text), asked.key)
            with self.state.changing():
                news = len(self.state.events)
                try:
                    status, answer = api.answer(self.state, asked)
                finally:
                    self.control.mark_news(news)
        except Refused as no:
            status, answer = no.status, no.body
        self._record(asked, status, answer)
        if fault and fault.kind == "lost_answer":
            self.close_connection = True
            return
        if fault and fault.kind == "slow":
            time.sleep(fault.seconds)
        self._say(status, JSON, json.dumps(answer, indent=2).encode())

    def _let_in(self) -> None:
        if self.headers.get("Authorization") != f"Bearer {self.shop.key}":
            raise Refused("Invalid API Key provided.", status=401)
        if self.headers.get("Stripe-Account", ACCOUNT) != ACCOUNT:
            raise Refused("The key does not have access to this account.", status=403, code="account_invalid")
        if self.headers.get("Stripe-Version") != API_VERSION:
            raise Refused(f"This stand-in only knows the API version {API_VERSION}.")

    def _refused_by(self, fault: Fault) -> bool:
        """Answer without doing anything, if the fault is of that sort."""
        if fault.kind == "no_json":
            self._say(HTTPStatus.BAD_GATEWAY, HTML, b"<h1>Bad gateway</h1>")
        elif fault.kind in {"unavailable", "too_many"}:
            is_down = fault.kind == "unavailable"
            error = {"type": "api_error" if is_down else "invalid_request_error", "message": "Later."}
            status = HTTPStatus.SERVICE_UNAVAILABLE if is_down else HTTPStatus.TOO_MANY_REQUESTS
            self._say(status, JSON, json.dumps({"error": error}).encode())
        else:
            return False
        return True

    def _record(self, asked: api.Asked, status: int, answer: Any) -> None:
        if self.state.record is None:
            return
        with self.state.lock:
            self.state.record.append(
                {
                    "method": asked.method,
                    "path": asked.path,
                    "given": copied(dict(asked.given)),
                    "key": asked.key,
                    "version": self.headers.get("Stripe-Version", ""),
                    "status": status,
                    "answer": copied(answer),
                }
            )

    # --- What tests and whoever plays bank ask

    def _control(self, path: str, body: bytes) -> None:
        if not self._is_from_here():
            self._say(HTTPStatus.FORBIDDEN, JSON, b"{}")
        elif path == "bank":
            self._bank(dict(parse_qsl(body.decode(errors="replace"))))
        elif self.command == "GET":
            with self.state.lock:
                told = self.control.told() if path == "events" else self.state.record
            self._say(HTTPStatus.OK, JSON, json.dumps(told).encode())
        else:
            try:
                status, answer = HTTPStatus.OK, self._change(path, json.loads(body or b"{}"))
            except (Refused, KeyError, TypeError, ValueError) as no:
                status, answer = HTTPStatus.BAD_REQUEST, {"error": str(no)}
            self._say(status, JSON, json.dumps(answer).encode())

    def _change(self, path: str, given: dict[str, Any]) -> Any:
        with self.state.changing():
            news = len(self.state.events)
            answer = self.control.do(path, given)
            self.control.mark_news(news)
            return copied(answer)

    def _bank(self, given: dict[str, str]) -> None:
        if self.command == "POST" and given.get("what") in {"succeed", "fail"}:
            with suppress(Refused):  # somebody was quicker; the list says so
                self._change(f"payments/{given.get('payment', '')}/{given['what']}", {})
            self._show(_to("/_control/bank"))
            return
        with self.state.lock:
            under_way = [one for one in self.state.all("payment_intent") if one["status"] == "processing"]
            shown = page.bank(under_way)
        self._show(Shown(HTTPStatus.OK, shown))

    def _is_from_here(self) -> bool:
        """No page of another site may play bank through a browser on this machine."""
        host = self.headers.get("Host", "")
        origin = self.headers.get("Origin", "")
        return host.partition(":")[0] in {"127.0.0.1", "localhost"} and origin in {"", f"http://{host}"}

    # --- What somebody who pays sees

    def _pay(self, number: str, body: bytes) -> None:
        given = dict(parse_qsl(body.decode(errors="replace")))
        with self.state.changing():
            news = len(self.state.events)
            happening.expire_due(self.state)
            shown = self._what_to_show(self.state.find("checkout.session", number), given)
            self.control.mark_news(news)
        self._show(shown)

    def _what_to_show(self, session: Thing | None, given: dict[str, str]) -> Shown:
        if session is None:
            return Shown(HTTPStatus.NOT_FOUND, page.nothing())
        if session["status"] != "open":
            return Shown(HTTPStatus.OK, page.closed(session, merchant=self.shop.merchant))
        if self.command == "GET":
            return self._asking(session, HTTPStatus.OK)
        return self._take(session, given)

    def _asking(self, session: Thing, status: int, **about: str) -> Shown:
        lines = self.state.beside[session["id"]]["lines"]
        return Shown(status, page.to_pay(session, lines, merchant=self.shop.merchant, **about))

    def _take(self, session: Thing, given: dict[str, str]) -> Shown:
        method = given.get("method", "card")
        typed = "".join(character for character in given.get("card", "") if character not in " -")
        wrong = ""
        if method not in session["payment_method_types"]:
            wrong, method = "Choose how you want to pay.", "card"
        elif method == "card" and typed == page.DECLINED:
            happening.decline(self.state, session)
            wrong = "The card was declined. Nothing was taken. Try another card."
        elif method == "card" and typed != page.PAYS:
            wrong = "Only test cards work here. Type 4242 4242 4242 4242."
        if wrong:
            return self._asking(session, HTTPStatus.UNPROCESSABLE_ENTITY, wrong=wrong, method=method)
        happening.pay(self.state, session, method=method)
        return _to(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))

    # --- Writing answers

    def _show(self, shown: Shown) -> None:
        self._say(
            shown.status, HTML, shown.text.encode(), {"Content-Security-Policy": page.POLICY, **shown.headers}
        )

    def _say(self, status: int, kind: str, body: bytes, more: dict[str, str] | None = None) -> None:
        headers = {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            # Without any, browsers would not say from where a form was sent, and no form could play bank.
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "Request-Id": f"req_{secrets.token_hex(7)}",
            **(more or {}),
        }
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()
        except OSError:
            self.close_connection = True


def listen(
    host: str, port: int, control: Control, shop: Shop, *, pages_only: bool = False
) -> http.server.ThreadingHTTPServer:
    handler = partial(Handler, control, shop, pages_only=pages_only)
    return http.server.ThreadingHTTPServer((host, port), handler)


def _to(address: str) -> Shown:
    return Shown(HTTPStatus.SEE_OTHER, "", {"Location": address})
