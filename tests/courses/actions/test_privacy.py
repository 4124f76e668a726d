"""What courses hold about a person: in the download, at erasure, and when its time is over."""

import io
import json
import zipfile
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.test import Client

from cms.core.batches import BatchIncomplete
from cms.users import accounts, privacy
from cms.users.models import Consent, User
from courses.actions import certify, notify
from courses.assessment.models import Attempt
from courses.certificates.models import Certificate, CertificateDocument, CertificateHolder
from courses.enrolment.models import Enrolment
from courses.ledger.models import LedgerEntry
from courses.outbox.models import MessageSent, OutboxEntry
from courses.progress.models import Completion
from tests.factories.courses import BuiltCourse

CANARY = "Canaryname"


@pytest.fixture
def certificate(course: BuiltCourse, ada: User, now: datetime, private_files: Path) -> Certificate:
    """Ada's certificate, with its PDF kept and the news sent."""
    User.objects.filter(pk=ada.pk).update(printed_name=CANARY)
    accounts.record_consent(user=ada, kind=Consent.PRIVACY_NOTICE, version="1", wording="I agree.", at=now)
    completion = Completion.objects.get(enrolment=course.complete(ada, at=now))
    issued = certify.issue(completion_id=completion.pk, at=now)
    assert issued is not None
    certify.keep_pdf(certificate_id=issued.pk, at=now)
    notify.certificate_issued(certificate_id=issued.pk, at=now)
    ada.refresh_from_db()
    return issued


def opened(user: User, at: datetime) -> tuple[zipfile.ZipFile, dict[str, Any]]:
    archive = zipfile.ZipFile(io.BytesIO(accounts.archive(user=user, at=at)))
    data = json.loads(archive.read("data.json"))
    return archive, {section["title"]: section["rows"] for section in data}


def test_the_download_holds_everything_and_opens_without_a_program(
    certificate: Certificate, ada: User, now: datetime
) -> None:
    archive, data = opened(ada, now)
    code = str(certificate)
    assert archive.testzip() is None
    assert set(archive.namelist()) == {"index.html", "data.json", f"certificates/{code}.pdf"}
    assert archive.read(f"certificates/{code}.pdf").startswith(b"%PDF-")
    assert set(data) == {
        "Your account",
        "What you have chosen",
        "What you agreed to",
        "Your courses",
        "What you have done",
        "Your quiz answers",
        "Your certificates",
        "Why you have your places",
        "E-mails we sent you",
        "What happened, and when",
    }
    assert data["Your account"][0]["E-mail address"] == "ada@example.org"
    assert data["Your courses"][0]["Course"] == "Course TEST"
    assert {row["Outcome"] for row in data["What you have done"]} == {"done", "passed"}
    assert data["What you have done"][-1]["Mark"] == "3/3"
    assert len(data["Your quiz answers"]) == 3
    assert data["Your quiz answers"][2]["Your answer"] == "False"
    assert data["Your certificates"][0]["Name printed"] == CANARY
    page = archive.read("index.html").decode()
    for words in (CANARY, code, "Course TEST", "certificate issued"):
        assert words in page


def test_the_download_of_one_person_holds_nothing_of_another(
    certificate: Certificate, course: BuiltCourse, ben: User, now: datetime
) -> None:
    course.enrol(ben, at=now)
    archive, _data = opened(ben, now)
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"ben@example.org" in everything
    for strange in (CANARY, "ada@example.org", str(certificate)):
        assert strange.encode() not in everything


def test_somebody_who_has_done_nothing_gets_a_short_download(cleo: User, now: datetime) -> None:
    archive, data = opened(cleo, now)
    assert set(data) == {"Your account", "What you have chosen"}
    assert archive.namelist() == ["index.html", "data.json"]


def test_a_hostile_name_stays_inert_in_the_download(ada: User, now: datetime) -> None:
    User.objects.filter(pk=ada.pk).update(printed_name="<script>alert(1)</script>")
    ada.refresh_from_db()
    archive, data = opened(ada, now)
    assert b"<script>" not in archive.read("index.html")
    assert data["Your account"][0]["Name to be printed"] == "<script>alert(1)</script>"


def test_an_answer_whose_question_is_gone_from_the_paper_is_left_out(
    attempt: Attempt, ada: User, now: datetime
) -> None:
    attempt.answers.filter(slot=3).update(slot=33)
    _archive, data = opened(ada, now)
    assert len(data["Your quiz answers"]) == 2


# --- Closing an account ---------------------------------------------------------------------------


def test_asking_twice_keeps_the_first_date_and_keeping_takes_it_back(ada: User, now: datetime) -> None:
    first = accounts.ask_to_close(user=ada, at=now)
    assert first == now + timedelta(days=14)
    assert accounts.ask_to_close(user=ada, at=now + timedelta(days=3)) == first
    accounts.keep(user=ada)
    assert ada.closing_asked_at is None
    assert accounts.erase_due(at=now + timedelta(days=99)) == 0
    with pytest.raises(ValueError, match="has not asked"):
        accounts.closes_at(ada)


def test_nobody_is_erased_before_the_fourteen_days_are_over(ada: User, now: datetime) -> None:
    accounts.ask_to_close(user=ada, at=now)
    due = now + timedelta(days=14)
    assert accounts.erase_due(at=due - timedelta(seconds=1)) == 0
    assert accounts.erase_due(at=due) == 1
    assert accounts.erase_due(at=due) == 0
    assert not accounts.erase(user_id=ada.pk, at=due)


def test_erasure_leaves_true_numbers_and_nothing_personal(
    certificate: Certificate,
    ada: User,
    now: datetime,
    private_files: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    counts = [m.objects.count() for m in (Enrolment, Attempt, Completion, Certificate)]
    address = ada.email
    with django_capture_on_commit_callbacks(execute=True):
        accounts.erase(user_id=ada.pk, at=now)
    ada.refresh_from_db()
    assert [m.objects.count() for m in (Enrolment, Attempt, Completion, Certificate)] == counts
    assert (ada.printed_name, ada.is_active, ada.last_login) == ("", False, None)
    assert ada.email == f"erased-{ada.pk}@erased.invalid"
    assert not ada.has_usable_password()
    for gone in (CertificateHolder, CertificateDocument, MessageSent, Consent):
        assert not gone.objects.exists()
    assert not EmailAddress.objects.filter(user=ada).exists()
    assert [path for path in private_files.rglob("*") if path.is_file()] == []
    assert address not in _everything_stored()
    assert CANARY not in _everything_stored()


def _everything_stored() -> str:
    out = StringIO()
    call_command("dumpdata", stdout=out)
    return out.getvalue()


def test_an_erased_person_may_come_back_with_the_same_address(ada: User, now: datetime) -> None:
    accounts.erase(user_id=ada.pk, at=now)
    assert User.objects.create_user("ada@example.org", "x").pk != ada.pk


def test_the_certificate_can_still_be_checked_and_says_that_the_holder_is_erased(
    certificate: Certificate, ada: User, now: datetime, client: Client
) -> None:
    accounts.erase(user_id=ada.pk, at=now)
    page = client.get(f"/certificates/{certificate.code}/")
    assert page.status_code == 200
    assert "details have been erased" in page.content.decode()
    assert CANARY not in page.content.decode()
    answer = client.post(f"/certificates/{certificate.code}/", {"name": CANARY})
    assert "that is the name on this certificate" in answer.content.decode()


def test_every_session_dies_at_the_erasure(ada: User, now: datetime, sign_in: Any) -> None:
    clients = [sign_in(ada), sign_in(ada)]
    assert all(c.get("/learning/").status_code == 200 for c in clients)
    accounts.erase(user_id=ada.pk, at=now)
    assert all(c.get("/learning/").status_code == 302 for c in clients)


def test_an_erased_person_gets_no_certificate_any_more(course: BuiltCourse, ada: User, now: datetime) -> None:
    enrolment = course.complete(ada, at=now)
    accounts.erase(user_id=ada.pk, at=now)
    assert certify.issue(completion_id=enrolment.completion.pk, at=now) is None
    assert certify.issue_missing(at=now) == 0


def test_an_erasure_that_fails_half_way_changes_nothing(
    certificate: Certificate, ada: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(user: Any, at: datetime) -> None:
        raise OSError

    monkeypatch.setattr(privacy, "erasers", [*privacy.erasers, broken])
    with pytest.raises(OSError):  # noqa: PT011 - the broken step above
        accounts.erase(user_id=ada.pk, at=now)
    ada.refresh_from_db()
    assert ada.erased_at is None
    assert CertificateHolder.objects.exists()
    assert certify.pdf(certificate=certificate).startswith(b"%PDF-")


def test_one_erasure_that_fails_keeps_nobody_else_waiting(
    ada: User, ben: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_for_ada(user: Any, at: datetime) -> None:
        if user.pk == ada.pk:
            raise OSError

    monkeypatch.setattr(privacy, "erasers", [*privacy.erasers, broken_for_ada])
    for person in (ada, ben):
        accounts.ask_to_close(user=person, at=now)
    with pytest.raises(BatchIncomplete, match="1 failed, 1 done"):
        accounts.erase_due(at=now + timedelta(days=15))
    erased = dict(User.objects.values_list("pk", "erased_at"))
    assert (erased[ada.pk], erased[ben.pk] is not None) == (None, True)


# --- Retention ------------------------------------------------------------------------------------


def retention(*options: str) -> str:
    out = StringIO()
    call_command("retention", *options, stdout=out)
    return out.getvalue()


def test_the_command_reports_and_deletes_only_what_is_too_old(ada: User, ben: User, now: datetime) -> None:
    old, young = now - timedelta(days=731), now - timedelta(days=30)
    for at in (old, young):
        OutboxEntry.objects.create(kind="x", created_at=at, due_at=at, handled_at=at)
        MessageSent.objects.create(user=ada, kind="x", about=str(at), sent_at=at)
    OutboxEntry.objects.create(kind="x", created_at=old, due_at=old)  # never handled: it must stay
    dora = User.objects.create_user("dora@example.org", "x")
    EmailAddress.objects.create(user=dora, email=dora.email, verified=False)
    User.objects.filter(pk__in=[ada.pk, dora.pk]).update(joined_at=old)
    report = retention()
    for line in ("outbox: 1 to delete", "messages-sent: 1 to delete", "unconfirmed-accounts: 1 to delete"):
        assert line in report
    assert OutboxEntry.objects.count() == 3
    deleted = retention("--delete")
    assert "outbox: 1 deleted" in deleted
    assert OutboxEntry.objects.count() == 2
    assert MessageSent.objects.get().sent_at == young
    assert set(User.objects.values_list("email", flat=True)) == {"ada@example.org", "ben@example.org"}
    assert "outbox: 0 to delete" in retention()


def test_every_rule_says_what_it_deletes() -> None:
    names = [rule.name for rule in privacy.retention_rules]
    assert len(names) == len(set(names))
    for rule in privacy.retention_rules:
        assert rule.sentence.endswith(".")
        assert rule.keep_for > timedelta(0)


def test_the_ledger_tells_of_a_person_only_by_number(certificate: Certificate) -> None:
    for entry in LedgerEntry.objects.all():
        assert CANARY not in f"{entry} {entry.details} {entry.reason}"
        assert str(entry) == f"{entry.action} {entry.subject}"
