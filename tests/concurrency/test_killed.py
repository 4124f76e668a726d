"""Real processes are killed with SIGKILL in the middle of a payment, and others go on: the end is right.

Nothing here waits for a time to pass. Each process is held where it is to die, by a service that does not
answer or by a row that is locked, and is killed when it is seen to be there.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms.users.models import User
from courses.actions import buy, paying, refunding
from courses.cohorts.prices import Price
from courses.enrolment.models import Enrolment, Grant, Place
from courses.outbox import delivery
from courses.outbox.models import MessageSent, OutboxEntry
from courses.payments.events import PaymentEvent
from courses.payments.gateway import current
from courses.payments.orders import Order, Refund
from courses.payments.papers import Paper, PaperSeries
from tests.factories import payments
from tests.factories.courses import BuiltCourse
from tests.payments.stand_in import StandIn

ROOT = Path(__file__).resolve().parent.parent.parent
LONG = 90  # seconds: a process that starts on a busy machine
HANGS = 60.0  # seconds in which the service does not answer: longer than anybody lives to see
PAGES = "/v1/checkout/sessions"


@pytest.fixture
def price(course: BuiltCourse) -> Price:
    return payments.price(course.cohort)


@pytest.fixture(autouse=True)
def nothing_at_once(settings: Any) -> None:
    """What waits in the outbox is left to other processes."""
    settings.OUTBOX_AT_ONCE = False


def until(check: Callable[[], Any]) -> Any:
    """What `check` finds in the end; it looks at another process."""
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen")


@contextmanager
def child(
    stand_in: StandIn, *command: str, site: str = "http://testserver"
) -> Iterator["subprocess.Popen[bytes]"]:
    """A process of the site; killed at the end, if it still lives."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.concurrency.settings_of_children",
            "CHILD_DATABASE": connection.settings_dict["NAME"],
            "CHILD_STAND_IN": stand_in.address,
            "CHILD_SITE": site,
            "STRIPE_SECRET_KEY": django_settings.STRIPE_SECRET_KEY,
            "STRIPE_WEBHOOK_SECRETS": stand_in.secret,
        },
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(LONG)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """As the system does when memory is short: without a word."""
    assert process.poll() is None, "it had come to its end before it was killed"
    process.send_signal(signal.SIGKILL)
    assert process.wait(LONG) == -signal.SIGKILL


def work_is_done(stand_in: StandIn) -> None:
    """Another worker starts and does all that is due; what that leads to is done here, to save a start."""
    OutboxEntry.objects.filter(handled_at=None).update(due_at=timezone.now())
    with child(stand_in, "run_due") as worker:
        assert worker.wait(LONG) == 0
    delivery.sweep(at=timezone.now() + timedelta(minutes=5))


def backends(condition: str) -> int:
    """How many other connections to our database are like this."""
    with connection.cursor() as cursor:
        # In a transaction the first look would be kept for all others.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            f" AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND {condition}"
        )
        (found,) = cursor.fetchone()
    return int(found)


def nobody_else_is_connected() -> bool:
    return backends("true") == 0


def somebody_waits_for_a_lock() -> bool:
    return backends("wait_event_type = 'Lock'") > 0


def times_asked(stand_in: StandIn, method: str, path: str) -> int:
    return sum((one["method"], one["path"]) == (method, path) for one in stand_in.record())


def paid_and_noted(stand_in: StandIn, price: Price, buyer: User) -> Order:
    """Somebody paid, and the news is stored with its work; nobody has looked at it."""
    now = timezone.now()
    order = payments.order(price, buyer, at=now)
    stand_in.do(f"checkouts/{payments.checkout(order, at=now)}/pay", method="card")
    (told,) = stand_in.news()
    service = current()
    assert service is not None
    event = service.read_event(body=told["body"].encode(), signature=told["signature"], at=timezone.now())
    assert paying.note(event=event, at=now)
    OutboxEntry.objects.update(due_at=now)
    return order


def expect_nothing_applied(order: Order) -> None:
    order.refresh_from_db()
    assert (order.status, order.received) == ("awaiting_payment", 0)
    assert PaymentEvent.objects.get().status == "received"
    assert not Enrolment.objects.exists()
    assert not Grant.objects.exists()
    assert not Paper.objects.exists()
    assert Place.objects.get() == order.place


def expect_paid_once(order: Order) -> None:
    order.refresh_from_db()
    assert (order.status, order.received) == ("paid", order.total)
    assert Enrolment.objects.get().status == "active"
    assert Grant.objects.count() == Place.objects.count() == 1
    assert Paper.objects.filter(kind="receipt").count() == 1
    assert MessageSent.objects.filter(kind="order_paid").count() == 1
    assert not PaymentEvent.objects.filter(status="received").exists()


def test_case_06_a_worker_killed_between_storing_news_and_applying_it(
    price: Price, ada: User, stripe_stand_in: StandIn
) -> None:
    """It has asked the service how the order stands, and dies before the answer."""
    order = paid_and_noted(stripe_stand_in, price, ada)
    page = f"{PAGES}/{order.checkout}"
    stripe_stand_in.do("faults", kind="slow", path=page, method="GET", seconds=HANGS)
    with child(stripe_stand_in, "run_due") as worker:
        until(lambda: times_asked(stripe_stand_in, "GET", page))
        kill(worker)
    until(nobody_else_is_connected)
    expect_nothing_applied(order)
    work_is_done(stripe_stand_in)
    expect_paid_once(order)


def test_case_06_a_worker_killed_while_it_writes_leaves_nothing_half_done(
    price: Price, ada: User, stripe_stand_in: StandIn
) -> None:
    """Enrolment and payment are written; it waits for the number of the receipt, and dies there."""
    order = paid_and_noted(stripe_stand_in, price, ada)
    PaperSeries.objects.create(kind="receipt", year=timezone.now().year)
    with child(stripe_stand_in, "run_due") as worker, transaction.atomic():
        PaperSeries.objects.select_for_update().get()
        until(somebody_waits_for_a_lock)
        kill(worker)
    until(nobody_else_is_connected)
    expect_nothing_applied(order)
    work_is_done(stripe_stand_in)
    expect_paid_once(order)
    assert Paper.objects.get().number == PaperSeries.objects.get().last == 1


def test_case_11_a_worker_killed_while_it_gives_money_back_gives_it_once(
    price: Price, ada: User, amy: User, stripe_stand_in: StandIn
) -> None:
    """The service has done it, and the worker dies before it hears so."""
    order = paid_and_noted(stripe_stand_in, price, ada)
    work_is_done(stripe_stand_in)
    refund = refunding.ask(
        order_id=order.pk,
        amount=1000,
        seat=Refund.Seat.KEEP,
        key=refunding.new_key(),
        by=amy,
        at=timezone.now(),
        reason="test",
    )
    OutboxEntry.objects.filter(handled_at=None).update(due_at=timezone.now())
    stripe_stand_in.do("faults", kind="slow", path="/v1/refunds", method="POST", seconds=HANGS)
    with child(stripe_stand_in, "run_due") as worker:
        until(lambda: times_asked(stripe_stand_in, "POST", "/v1/refunds"))
        kill(worker)
    refund.refresh_from_db()
    assert refund.status == "requested"
    work_is_done(stripe_stand_in)
    refund.refresh_from_db()
    order.refresh_from_db()
    assert (refund.status, order.status, order.returned) == ("succeeded", "partly_refunded", 1000)
    service = current()
    assert service is not None
    assert [one.amount for one in service.payment(order.payment).refunds] == [1000]


# --- The site itself ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What the site said."""

    status: int
    location: str
    body: str


class Visitor:
    """A browser that knows who it is, and follows nothing by itself."""

    def __init__(self, buyer: User) -> None:
        client = Client()
        client.force_login(buyer)
        self.cookies = {name: morsel.value for name, morsel in client.cookies.items()}

    def ask(self, port: int, method: str, path: str, fields: dict[str, str] | None = None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(HTTPConnection("127.0.0.1", port, timeout=LONG)) as connected:
            connected.request(method, path, urlencode(fields or {}), headers)
            answer = connected.getresponse()
            for name, value in answer.getheaders():
                if name == "Set-Cookie":
                    cookie, _, kept = value.partition(";")[0].partition("=")
                    self.cookies[cookie] = kept
            return Answer(answer.status, answer.headers.get("Location", ""), answer.read().decode())

    def page(self, port: int, path: str) -> str:
        answer = self.ask(port, "GET", path)
        assert answer.status == 200, path
        return answer.body

    def token(self, port: int, path: str) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.page(port, path))
        assert found is not None
        return found[1]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def serving(stand_in: StandIn, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """The site on this port, once it answers."""
    site = f"http://127.0.0.1:{port}"
    with child(stand_in, "runserver", "--noreload", "--insecure", f"127.0.0.1:{port}", site=site) as server:
        until(lambda: _listens(port))
        yield server


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def test_case_54_a_site_killed_between_the_payment_and_the_way_back_loses_neither(
    price: Price, ada: User, stripe_stand_in: StandIn
) -> None:
    """It dies twice: while it opens the page to pay on, and while the buyer is paying there."""
    port, visitor = free_port(), Visitor(ada)
    buy_at = reverse("learning:buy", args=[price.cohort_id])
    stripe_stand_in.do("webhook", address=f"http://127.0.0.1:{port}/payments/stripe/")
    with serving(stripe_stand_in, port) as site:
        form = {"price": str(price.pk), "name": "Ada Lerner", "terms": "on"}
        form["csrfmiddlewaretoken"] = visitor.token(port, buy_at)
        stripe_stand_in.do("faults", kind="slow", path=PAGES, method="POST", seconds=HANGS)
        with pytest.raises(RemoteDisconnected), _in_a_moment(lambda: _kill_when_asked(stripe_stand_in, site)):
            visitor.ask(port, "POST", buy_at, form)
    order = Order.objects.get()
    assert (order.status, order.checkout) == ("draft", "")
    assert Place.objects.get() == order.place

    own = reverse("learning:order", args=[order.pk])
    with serving(stripe_stand_in, port) as site:
        form = {"csrfmiddlewaretoken": visitor.token(port, own)}
        sent = visitor.ask(port, "POST", reverse("learning:pay", args=[order.pk]), form)
        to_pay = sent.location
        order.refresh_from_db()
        assert (sent.status, order.status) == (302, "awaiting_payment")
        kill(site)
    status, back = stripe_stand_in.type_card(to_pay, "4242 4242 4242 4242")
    assert (status, back) == (303, f"http://127.0.0.1:{port}{own}?from=paid")
    until(lambda: stripe_stand_in.news()[0]["tries"])
    assert not PaymentEvent.objects.exists()

    with serving(stripe_stand_in, port):
        assert "We wait for word of your payment" in visitor.page(port, f"{own}?from=paid")
        stripe_stand_in.do("events/deliver")
        until(PaymentEvent.objects.exists)
        until(lambda: stripe_stand_in.news()[0]["is_done"])
        work_is_done(stripe_stand_in)
        assert "You have the place" in visitor.page(port, own)
    expect_paid_once(order)
    service = current()
    assert service is not None
    assert len(list(service.checkouts(since=order.made_at - buy.SHORTEST))) == 1


def _kill_when_asked(stand_in: StandIn, site: "subprocess.Popen[bytes]") -> None:
    until(lambda: times_asked(stand_in, "POST", PAGES))
    kill(site)


@contextmanager
def _in_a_moment(do: Callable[[], None]) -> Iterator[None]:
    """Do something while the lines inside wait for an answer."""
    thread = Thread(target=do)
    thread.start()
    try:
        yield
    finally:
        thread.join(LONG)
