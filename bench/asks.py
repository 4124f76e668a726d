"""Who asks the site what. Every answer is looked at: a wrong one would make its figures worthless."""

import json
import secrets
import string
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any

from bench.client import Answer, Browser, Form, WrongAnswer, sign_in
from bench.measure import Ask
from bench.servers import Till
from scripts.stripe_stand_in import events, objects
from scripts.stripe_stand_in.state import number

PEOPLE = 8
WEBHOOK = "/payments/stripe/"
COLD = ("home", "summary", "catalogue", "course-page")
# What can be asked only once: the same person cannot join the same cohort twice.
ONCE = ("enrol", "start-quiz", "hand-in", "pdf", "checkout")


def of(port: int, data: Mapping[str, Any], till: Till) -> dict[str, list[Ask]]:
    """List for each scenario the people who ask, and what."""
    return {**_public(port, data), **_reading(port, data), **_once(port, data), **_paying(port, data, till)}


def _public(port: int, data: Mapping[str, Any]) -> dict[str, list[Ask]]:
    pages = data["pages"]
    visitors = [Browser(port) for _ in range(PEOPLE)]
    warm = {name: [_get(visitor, url) for visitor in visitors] for name, url in pages.items()}
    # The page cache keeps nothing that was asked for with a query string.
    cold = {f"{name}-cold": [_get(visitor, f"{pages[name]}?cold=1") for visitor in visitors] for name in COLD}
    certificates = [one["url"] for one in data["certificates"][:PEOPLE]]
    return {
        **warm,
        **cold,
        "search": [_search(visitor, url) for visitor, url in zip(visitors, data["searches"], strict=True)],
        "verification": [_get(visitor, url) for visitor, url in zip(visitors, certificates, strict=True)],
    }


def _reading(port: int, data: Mapping[str, Any]) -> dict[str, list[Ask]]:
    readers = [(one, signed_in(port, one)) for one in data["readers"]]
    three, busy = ([(one, with_session(port, one["session"])) for one in data[k]] for k in ("three", "busy"))
    team = [(one, with_session(port, one["session"])) for one in data["team"]]
    named = ("course", "lesson", "dashboard", "review")
    return {
        **{name: [_get(browser, one[name]) for one, browser in readers] for name in named},
        "dashboard-three": [_get(browser, one["dashboard"]) for one, browser in three],
        "dashboard-many": [_get(browser, one["dashboard"]) for one, browser in busy],
        "cohort-matrix": [_finds(browser, one["matrix"], "cm-table") for one, browser in team],
        "register": [_finds(browser, one["register"], "Progress") for one, browser in team],
        "save-answer": [_save(browser, one["question"]) for one, browser in readers],
    }


def _once(port: int, data: Mapping[str, Any]) -> dict[str, list[Ask]]:
    return {
        "enrol": _posts(port, data["joiners"], "/learning/"),
        "start-quiz": _posts(port, data["starters"], "/learning/attempts/"),
        "hand-in": _posts(port, data["finishers"], "/learning/attempts/"),
        "pdf": [_pdf(with_session(port, one["session"]), one["url"]) for one in data["pdfs"]],
    }


def _paying(port: int, data: Mapping[str, Any], till: Till) -> dict[str, list[Ask]]:
    cashiers = [(one, with_session(port, one["session"])) for one in data["cashiers"]]
    return {
        "checkout": [_buy(with_session(port, one["session"]), one, till) for one in data["buyers"]],
        "webhook": [_news(Browser(port), till) for _ in range(PEOPLE)],
        "orders": [_finds(browser, one["orders"], 'class="title"') for one, browser in cashiers],
    }


def _buy(browser: Browser, one: Mapping[str, str], till: Till) -> Ask:
    """Order a place, and be sent to the page for paying."""

    def press() -> None:
        fields = {name: one[name] for name in ("price", "name", "terms")}
        headers = {"X-CSRFToken": browser.cookies["csrftoken"]}
        answer = browser.post(one["url"], fields, headers=headers, expect=302)
        _expect(answer.location.startswith(till.address), one["url"], f"it led to {answer.location}")

    return press


def _news(browser: Browser, till: Till) -> Ask:
    """Say that somebody has paid, signed as the payment service signs it; each time of somebody else."""

    def deliver() -> None:
        now = int(time.time())
        session = objects.make("checkout.session", id=number("cs"), payment_intent=number("pi"), created=now)
        told = objects.make(
            "event",
            id=number("evt"),
            created=now,
            data={"object": session},
            livemode=False,
            type="checkout.session.completed",
        )
        body = json.dumps(told, indent=2)
        signature = events.sign(body.encode(), till.secret, now)
        browser.send(WEBHOOK, body, {"Content-Type": "application/json", "Stripe-Signature": signature})

    return deliver


def signed_in(port: int, person: Mapping[str, str]) -> Browser:
    """Somebody who came in through the form that everybody uses."""
    browser = Browser(port)
    sign_in(browser, person["email"], person["password"])
    return browser


def with_session(port: int, session: str, *, cookie: str = "session") -> Browser:
    """Somebody who is signed in already, with a token for their forms."""
    letters = string.ascii_letters + string.digits
    token = "".join(secrets.choice(letters) for _ in range(32))
    return Browser(port, {cookie: session, "csrftoken": token})


def _get(browser: Browser, url: str) -> Ask:
    return lambda: browser.get(url)


def _finds(browser: Browser, url: str, words: str) -> Ask:
    """Fetch a page that must hold these words."""

    def fetch() -> None:
        _expect(words in browser.get(url).text, url, f"without {words!r}")

    return fetch


def _search(browser: Browser, url: str) -> Ask:
    """Ask for words that some of the ten thousand pages hold."""

    def search() -> None:
        _expect("/bench-library/page-" in browser.get(url).text, url, "nothing was found")

    return search


def _pdf(browser: Browser, url: str) -> Ask:
    def fetch() -> None:
        _expect(browser.get(url).text.startswith("%PDF"), url, "no PDF")

    return fetch


def _posts(port: int, asks: Sequence[Mapping[str, str]], leads_to: str) -> list[Ask]:
    """Press buttons that lead on to another page."""
    browsers: dict[str, Browser] = {}
    for one in asks:
        browsers.setdefault(one["session"], with_session(port, one["session"]))
    return [_post(browsers[one["session"]], one["url"], leads_to) for one in asks]


def _post(browser: Browser, url: str, leads_to: str) -> Ask:
    def press() -> None:
        headers = {"X-CSRFToken": browser.cookies["csrftoken"]}
        answer = browser.post(url, {}, headers=headers, expect=302)
        _expect(answer.location.startswith(leads_to), url, f"it led to {answer.location}")

    return press


def _save(browser: Browser, url: str) -> Ask:
    """Answer one question again and again, as the page's own script does."""
    form = Form(browser.get(url).text)
    numbers = count(int(form.hidden.get("sequence") or 0) + 1)
    headers = {"X-Requested-With": "fetch"}

    def save() -> None:
        number = next(numbers)
        choice = form.choices[number % len(form.choices)]
        fields = {**form.hidden, "choice": choice, "sequence": str(number)}
        answer: Answer = browser.post(url, fields, headers=headers)
        _expect(json.loads(answer.text)["saved"], url, "the answer was not saved")

    return save


def _expect(is_right: object, url: str, wrong: str) -> None:
    if not is_right:
        raise WrongAnswer(f"{url}: {wrong}.")


def names_of(asks: Iterable[str], budgets: Mapping[str, Any]) -> None:
    """Raise WrongAnswer when a budget has nobody who asks, or the other way round."""
    apart = set(asks) ^ set(budgets)
    if apart:
        raise WrongAnswer(f"In only one of bench/budgets.toml and bench/asks.py: {', '.join(sorted(apart))}.")
