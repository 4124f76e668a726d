"""Telling people something: a notice and an e-mail, each once, in order, and nothing personal on the way."""

import json
import logging
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from cms.users.models import User
from courses.actions import mail_trouble, tell
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.messages import kinds, trouble
from courses.messages.kinds import Said, Stop
from courses.messages.models import MailTrouble, MessageTemplate, Notice
from courses.outbox import delivery
from courses.outbox.models import MessageSent, OutboxEntry
from courses.queries import mail_trouble as troubles
from courses.queries import notices
from tests.factories.courses import BuiltCourse

SECRET = "canary-token-in-the-link"


class AwayBackend(EmailBackend):
    """A mail server that does not answer."""

    def send_messages(self, messages: Any) -> int:
        raise SMTPServerDisconnected("canary@example.org")


class RefusingBackend(EmailBackend):
    """A mail server that has no such person."""

    def send_messages(self, messages: Any) -> int:
        raise SMTPRecipientsRefused({messages[0].to[0]: (550, b"canary: no such user")})


class LocmemBackend(EmailBackend):
    """The ordinary one of tests."""


@pytest.fixture
def through(settings: Any) -> Any:
    """Choose the mail server."""

    def choose(backend: type) -> None:
        settings.EMAIL_BACKEND = f"{backend.__module__}.{backend.__qualname__}"

    return choose


@pytest.fixture
def moved(enrolment: Enrolment, now: datetime) -> Any:
    """Ada is told of her place in another group, as it is told in an action."""

    def later(about: str = "enrolment:1", kind: str = "moved") -> None:
        tell.later(kind=kind, learner=enrolment.learner_id, about=about, at=now, enrolment=enrolment.pk)

    OutboxEntry.objects.all().delete()
    mail.outbox.clear()
    return later


def sweep(now: datetime, hours: int = 1) -> int:
    return delivery.sweep(at=now + timedelta(hours=hours))


def test_a_message_is_a_notice_and_an_email_in_text_and_html(
    moved: Any, enrolment: Enrolment, now: datetime
) -> None:
    moved()
    assert sweep(now) == 1
    (message,) = mail.outbox
    assert message.to == ["ada@example.org"]
    assert message.subject == "You are in another group now"
    text, html = message.body, message.alternatives[0][0]
    assert text.startswith("Hello Ada Lerner,\n\nYou now have a place on the course Course TEST")
    link = f"http://testserver/learning/{enrolment.pk}/"
    assert f"Open your course:\n{link}\n" in text
    assert f'<a href="{link}"' in html
    assert "Open your course</a>" in html
    assert message.alternatives[0][1] == "text/html"
    notice = Notice.objects.get(user=enrolment.learner)
    assert (notice.kind, notice.ids, notice.cohort_id) == (
        "moved",
        {"enrolment": enrolment.pk},
        enrolment.cohort_id,
    )


def test_telling_the_same_again_tells_nothing(moved: Any, now: datetime) -> None:
    moved()
    moved()
    assert sweep(now) == 2
    moved()
    sweep(now, hours=2)
    assert (len(mail.outbox), Notice.objects.count(), MessageSent.objects.count()) == (1, 1, 1)
    moved("enrolment:2")
    sweep(now, hours=3)
    assert len(mail.outbox) == 2


def test_messages_come_in_the_order_of_their_causes(moved: Any, enrolment: Enrolment, now: datetime) -> None:
    moved(kind="placed")
    moved(kind="moved")
    sweep(now)
    assert [message.subject for message in mail.outbox] == [
        "You have a place on a course",
        "You are in another group now",
    ]


def test_the_outbox_and_the_log_hold_neither_words_nor_names_nor_addresses(
    moved: Any, enrolment: Enrolment, now: datetime, through: Any, caplog: pytest.LogCaptureFixture
) -> None:
    User.objects.filter(pk=enrolment.learner_id).update(printed_name="Canary Name")
    moved()
    through(AwayBackend)
    with caplog.at_level(logging.DEBUG):
        for hour in range(1, 4):
            sweep(now, hours=7 * hour)
    kept = json.dumps(list(OutboxEntry.objects.values_list("payload", "last_error")))
    assert OutboxEntry.objects.exists()
    for secret in ("anary", "ada@", "Course TEST"):
        assert secret not in kept
        assert secret not in " ".join(record.getMessage() for record in caplog.records)


@pytest.mark.parametrize("wrong", ["ada@example.org", "Ada", "", "a b", "x" * 81, "offer:1\n"])
def test_what_it_is_about_is_never_a_name_or_an_address(
    wrong: str, enrolment: Enrolment, now: datetime
) -> None:
    with pytest.raises(ValueError, match="about"):
        tell.later(kind="moved", learner=1, about=wrong, at=now, enrolment=1)


def test_only_ids_go_with_a_message(now: datetime) -> None:
    with pytest.raises(TypeError, match="email"):
        tell.later(kind="moved", learner=1, about="x:1", at=now, email="ada@example.org")  # type: ignore[arg-type]


def test_the_notice_is_there_while_the_mail_server_is_away_and_the_email_follows(
    moved: Any, now: datetime, through: Any
) -> None:
    moved()
    through(AwayBackend)
    assert sweep(now) == 1
    assert Notice.objects.count() == 1
    assert not MessageSent.objects.exists()
    assert sweep(now, hours=2) == 0
    through(LocmemBackend)
    assert sweep(now, hours=12) == 1
    assert (len(mail.outbox), Notice.objects.count()) == (1, 1)


def test_trying_again_has_a_limit(moved: Any, now: datetime, through: Any, settings: Any) -> None:
    settings.OUTBOX_ATTEMPTS = 3
    moved()
    through(AwayBackend)
    for hour in range(1, 8):
        sweep(now, hours=7 * hour)
    assert delivery.given_up() == 1
    assert OutboxEntry.objects.get(given_up_at__isnull=False).kind == "tell-again"


@pytest.mark.parametrize(
    ("stop", "change"),
    [
        (Stop.ENDED, {"status": State.ENDED.value}),
        (Stop.SUSPENDED, {"status": State.SUSPENDED.value}),
    ],
)
def test_a_message_stops_with_the_state_of_the_place(
    moved: Any, enrolment: Enrolment, now: datetime, stop: Stop, change: dict[str, Any]
) -> None:
    stopping = kinds.message("test-stops", "A test", stops=(stop,), words_of="placed")
    stopping(lambda *, enrolment: Said({"course_title": "C", "cohort_name": "G", "dates": "D"}, "/"))
    try:
        moved(kind="test-stops")
        ended = {"ended_at": now} if change["status"] == State.ENDED.value else {}
        Enrolment.objects.filter(pk=enrolment.pk).update(**change, **ended)
        sweep(now)
        assert mail.outbox == []
        assert not Notice.objects.exists()
    finally:
        del kinds._kinds["test-stops"]


def test_a_message_about_access_stops_when_the_course_is_complete(
    course: BuiltCourse, ada: User, now: datetime
) -> None:
    enrolment = course.complete(ada, at=now)
    Enrolment.objects.filter(pk=enrolment.pk).update(access_until=now + timedelta(days=3))
    mail.outbox.clear()
    given = {"kind": "access_ending", "person": ada, "about": "x:1", "at": now, "enrolment": enrolment.pk}
    assert not tell.now(**given)
    assert mail.outbox == []


@pytest.mark.parametrize("change", [{"is_active": False}, {"erased_at": datetime(2026, 1, 1).astimezone()}])
def test_nobody_is_told_who_is_gone(moved: Any, ada: User, now: datetime, change: dict[str, Any]) -> None:
    moved()
    User.objects.filter(pk=ada.pk).update(**change)
    assert sweep(now) == 1
    assert mail.outbox == []
    assert not Notice.objects.exists()


def test_a_name_cannot_add_lines_links_or_markup(moved: Any, ada: User, now: datetime) -> None:
    User.objects.filter(pk=ada.pk).update(
        printed_name="<b>Win</b>\r\nBcc: all@example.org\r\n\r\nhttp://evil.example/prize"
    )
    moved()
    sweep(now)
    (message,) = mail.outbox
    assert "\n" not in message.subject
    assert message.bcc == []
    html = message.alternatives[0][0]
    assert "evil.example" in html
    assert 'href="http://evil' not in html
    assert "<b>" not in html


def test_only_addresses_of_this_site_become_links(moved: Any, now: datetime) -> None:
    MessageTemplate.objects.create(
        kind="moved", subject="S", body="Here:\n{url}\n\nAnd here:\nhttp://evil.example/"
    )
    moved()
    sweep(now)
    html = mail.outbox[0].alternatives[0][0]
    assert html.count("<a ") == 1
    assert "http://evil.example/" in html


# --- Staff's own words --------------------------------------------------------------------------


def test_staffs_own_words_are_sent(moved: Any, enrolment: Enrolment, now: datetime) -> None:
    MessageTemplate.objects.create(
        kind="moved",
        subject="News from {site_name}",
        body="Dear {learner_name},\n\n{0.__class__} {course_title}.\n\nGo on:\n{url}",
    )
    moved()
    sweep(now)
    (message,) = mail.outbox
    assert message.subject == "News from Lived Learning"
    assert message.body.startswith(
        "Dear Ada Lerner,\n\n{0.__class__} Course TEST.\n\nGo on:\nhttp://testserver/"
    )


# --- Addresses without an account ---------------------------------------------------------------


@pytest.fixture
def by_letter() -> Any:
    """A kind for somebody without an account, with a secret link."""

    @kinds.message("test-letter", "A test", words_of="placed", in_site=False)
    def letter(*, offer: int, token: str) -> Said:
        words = {"course_title": "C", "cohort_name": "G", "dates": "D"}
        return Said(words, f"/offers/{token}/", to="new@example.org")

    yield "test-letter"
    del kinds._kinds["test-letter"]


def test_a_secret_is_sealed_on_the_way_and_gone_when_it_is_sent(
    db: None, by_letter: str, now: datetime
) -> None:
    tell.address_later(kind=by_letter, about="offer:1:1", at=now, token=SECRET, offer=1)
    entry = OutboxEntry.objects.get()
    assert SECRET not in json.dumps(entry.payload)
    assert "new@example.org" not in json.dumps(entry.payload)
    assert sweep(now) == 1
    (message,) = mail.outbox
    assert message.to == ["new@example.org"]
    assert f"http://testserver/offers/{SECRET}/" in message.body
    entry.refresh_from_db()
    assert entry.payload == {"message": by_letter, "about": "offer:1:1", "ids": {"offer": 1}}


def test_an_address_is_written_to_once(db: None, by_letter: str, now: datetime) -> None:
    for _time in range(2):
        tell.address_later(kind=by_letter, about="offer:1:1", at=now, token=SECRET, offer=1)
    sweep(now)
    assert len(mail.outbox) == 1
    tell.address_later(kind=by_letter, about="offer:1:2", at=now, token=SECRET, offer=1)
    sweep(now, hours=2)
    assert len(mail.outbox) == 2


def test_an_address_without_an_account_that_is_refused_is_not_tried_again(
    db: None, by_letter: str, now: datetime, through: Any
) -> None:
    through(RefusingBackend)
    tell.address_later(kind=by_letter, about="offer:1:1", at=now, token=SECRET, offer=1)
    assert sweep(now) == 1
    assert not MessageSent.objects.exists()
    assert not OutboxEntry.objects.filter(handled_at=None).exists()


# --- Addresses that refuse ----------------------------------------------------------------------


def refuse(moved: Any, through: Any, now: datetime, *, times: int) -> None:
    through(RefusingBackend)
    for number in range(times):
        moved(f"enrolment:{number + 10}")
        sweep(now, hours=number + 1)


def test_after_three_refusals_nothing_more_is_sent_and_the_person_and_staff_see_it(
    moved: Any, ada: User, now: datetime, through: Any
) -> None:
    refuse(moved, through, now, times=2)
    assert troubles.of([ada]) == {}
    refuse(moved, through, now, times=3)
    assert set(troubles.of([ada])) == set(troubles.of([ada.pk])) == {ada.pk}
    through(LocmemBackend)
    moved("enrolment:99")
    sweep(now, hours=20)
    assert mail.outbox == []
    assert Notice.objects.filter(kind="moved", about="enrolment:99").exists()
    told = Notice.objects.get(kind="address_trouble")
    person = User.objects.get(pk=ada.pk)
    assert notices.opened(person=person, notice_id=told.pk, at=now).url == "http://testserver/accounts/email/"
    assert OutboxEntry.objects.filter(handled_at=None).count() == 0


def test_a_changed_address_clears_it(moved: Any, ada: User, now: datetime, through: Any) -> None:
    refuse(moved, through, now, times=3)
    ada.email = "other@example.org"
    ada.save()
    assert troubles.of([ada]) == {}
    through(LocmemBackend)
    moved("enrolment:99")
    sweep(now, hours=20)
    assert [message.to for message in mail.outbox] == [["other@example.org"]]
    assert not MailTrouble.objects.exists()
    assert not Notice.objects.filter(kind="address_trouble").exists()


def test_allauth_tells_of_a_new_address(moved: Any, ada: User, now: datetime, through: Any) -> None:
    from allauth.account.signals import email_changed

    refuse(moved, through, now, times=3)
    email_changed.send(sender=User, request=None, user=User.objects.get(pk=ada.pk))
    assert not MailTrouble.objects.exists()


def test_an_email_that_was_taken_clears_earlier_refusals(
    moved: Any, ada: User, now: datetime, through: Any
) -> None:
    refuse(moved, through, now, times=2)
    through(LocmemBackend)
    moved("enrolment:50")
    sweep(now, hours=9)
    assert not MailTrouble.objects.exists()


@pytest.mark.parametrize(
    ("error", "is_hard"),
    [
        (SMTPRecipientsRefused({"a@example.org": (550, b"no")}), True),
        (SMTPRecipientsRefused({"a@example.org": (450, b"later")}), False),
        (SMTPDataError(554, b"no"), True),
        (SMTPDataError(452, b"full"), False),
        (SMTPServerDisconnected("away"), False),
        (ConnectionRefusedError(), False),
    ],
)
def test_what_counts_as_refused_for_good(error: OSError, is_hard: bool) -> None:
    assert trouble.is_hard(error) is is_hard


def test_clearing_costs_no_query_without_trouble(ada: User, django_assert_num_queries: Any) -> None:
    person = User.objects.select_related("mail_trouble").get(pk=ada.pk)
    with django_assert_num_queries(0):
        mail_trouble.clear(person)
        assert not trouble.is_stopped(person)
