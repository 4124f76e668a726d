"""A person with a browser, as far as a measurement needs one: cookies and forms, on loopback."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

SECONDS_TO_ANSWER = 120


class WrongAnswer(Exception):
    """The server did not answer what the measurement needs, so its figures would mean nothing."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    text: str
    location: str


@dataclass
class Browser:
    """Asks one server on this machine, over a new connection each time, and keeps cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, address: str, *, expect: int = 200) -> Answer:
        """Fetch a page."""
        return self._ask("GET", address, None, {}, expect)

    def post(
        self,
        address: str,
        fields: Mapping[str, str],
        *,
        headers: Mapping[str, str] | None = None,
        expect: int = 200,
    ) -> Answer:
        """Send a form."""
        form = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        return self._ask("POST", address, urlencode(fields), form, expect)

    def send(self, address: str, body: str, headers: Mapping[str, str]) -> Answer:
        """Send something that is no form."""
        return self._ask("POST", address, body, headers, 200)

    def _ask(
        self, method: str, address: str, body: str | None, headers: Mapping[str, str], expect: int
    ) -> Answer:
        parts = urlsplit(address)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS_TO_ANSWER)
        try:
            connection.request(method, path, body, {**headers, "Cookie": cookies})
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
            self._keep(response.headers.get_all("Set-Cookie", []))
        finally:
            connection.close()
        if response.status != expect:
            raise WrongAnswer(f"{method} {path}: {response.status} instead of {expect}\n{text[:500]}")
        return Answer(response.status, text, response.getheader("Location") or "")

    def _keep(self, set_cookies: list[str]) -> None:
        for line in set_cookies:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name.strip()] = value.strip()


class Form(HTMLParser):
    """The fields of a page's forms."""

    def __init__(self, text: str) -> None:
        """Read the page."""
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.choices: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note hidden fields, and the values one may choose from."""
        given = {name: value or "" for name, value in attrs}
        if tag != "input":
            return
        if given.get("type") == "hidden":
            self.hidden[given.get("name", "")] = given.get("value", "")
        elif given.get("name") == "choice":
            self.choices.append(given.get("value", ""))


def sign_in(browser: Browser, email: str, password: str) -> None:
    """Sign in through the form that people use."""
    page = "/accounts/login/"
    hidden = Form(browser.get(page).text).hidden
    browser.post(page, {**hidden, "login": email, "password": password}, expect=302)
