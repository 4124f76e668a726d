"""Certificates over HTTP: what anybody may check, and what only the holder gets."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils.formats import date_format

from cms.users.models import User
from courses.actions import certify
from courses.certificates.models import Certificate, CertificateHolder, CertificateLogEntry
from courses.progress.models import Completion
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]
NAME = "Canaryname O'Lerner"


@pytest.fixture
def certificate(course: BuiltCourse, ada: User, now: datetime, private_files: Path) -> Certificate:
    User.objects.filter(pk=ada.pk).update(printed_name=NAME)
    completion = Completion.objects.get(enrolment=course.complete(ada, at=now))
    issued = certify.issue(completion_id=completion.pk, at=now)
    assert issued is not None
    return issued


@pytest.fixture
def holder(sign_in: SignIn, ada: User) -> Client:
    return sign_in(ada)


@pytest.fixture
def limit(settings: Any) -> int:
    """How many guesses a minute are answered."""
    settings.CERTIFICATE_CHECKS_A_MINUTE = 5
    return 5


def url(certificate: Certificate, rest: str = "") -> str:
    return f"/certificates/{certificate.code}/{rest}"


def test_a_valid_certificate_shows_every_printed_fact_and_no_name(
    certificate: Certificate, client: Client
) -> None:
    page = client.get(url(certificate))
    body = page.content.decode()
    assert page.status_code == 200
    assert page.context["check"].status == "valid"
    for words in (
        "This certificate is valid",
        str(certificate),
        "Course TEST (TEST)",
        "First stage",
        "Explain one thing.",
        "100% (pass mark 60%)",
        "It says nothing else.",
    ):
        assert words in body
    assert "Canaryname" not in body


@pytest.mark.parametrize("typed", ["grouped", "lower", "spaced", "look-alikes"])
def test_a_number_is_read_kindly(certificate: Certificate, client: Client, typed: str) -> None:
    ways = {
        "grouped": str(certificate),
        "lower": certificate.code.lower(),
        "spaced": str(certificate).replace("-", "%20"),
        "look-alikes": certificate.code.replace("0", "O").replace("1", "l"),
    }
    page = client.get(f"/certificates/{ways[typed]}/")
    assert page.context["check"].code == str(certificate)


def test_unknown_and_malformed_numbers_get_the_very_same_page(
    certificate: Certificate, client: Client
) -> None:
    unknown = client.get(f"/certificates/{'0' * 28}/")
    pages = [
        client.get(f"/certificates/{typed}/")
        for typed in ("x", "unknown", certificate.code[:-1], certificate.code + "0", "%00", "%F0%9F%98%80")
    ]
    pages.append(client.post(f"/certificates/{'0' * 28}/", {"name": NAME}))
    for page in pages:
        assert page.status_code == unknown.status_code == 404
        assert page.content == unknown.content


def test_a_name_can_be_checked_and_nothing_is_kept(certificate: Certificate, client: Client) -> None:
    right = client.post(url(certificate), {"name": "  canaryname   o’lerner "})
    assert right.context["answer"] == "match"
    wrong = client.post(url(certificate), {"name": "Somebody Else"})
    assert wrong.context["answer"] == "no_match"
    assert wrong.status_code == 200
    assert "Somebody Else" not in client.get(url(certificate)).content.decode()
    assert "Canaryname" not in wrong.content.decode()
    assert CertificateLogEntry.objects.count() == 1
    assert not client.session.keys()


@pytest.mark.parametrize("name", ["", "   ", "a" * 201, "a\x00b"])
def test_a_name_that_cannot_be_one_is_no_answer(certificate: Certificate, client: Client, name: str) -> None:
    page = client.post(url(certificate), {"name": name})
    assert (page.status_code, page.context["answer"]) == (200, None)
    assert page.context["form"].errors


def test_guessing_numbers_is_slowed_down(certificate: Certificate, client: Client, limit: int) -> None:
    answers = [client.get("/certificates/nonsense/").status_code for _try in range(limit)]
    assert set(answers) == {404}
    stopped = client.get("/certificates/nonsense/")
    assert stopped.status_code == 429
    assert stopped.headers["Retry-After"] == "60"
    assert "Please wait a little" in stopped.content.decode()
    assert client.get("/certificates/nonsense/", REMOTE_ADDR="198.51.100.7").status_code == 404


def test_guessing_names_is_slowed_down(certificate: Certificate, client: Client, limit: int) -> None:
    for number in range(limit):
        client.post(url(certificate), {"name": f"Guess {number}"})
    stopped = client.post(url(certificate), {"name": NAME})
    assert stopped.status_code == 429
    assert "that is the name" not in stopped.content.decode()


def test_checking_many_real_certificates_is_not_guessing(
    certificate: Certificate, client: Client, limit: int
) -> None:
    assert {client.get(url(certificate)).status_code for _check in range(limit + 5)} == {200}


def test_a_forged_forwarded_address_does_not_get_round_it(client: Client, db: None, limit: int) -> None:
    for number in range(limit + 1):
        last = client.get("/certificates/nonsense/", headers={"X-Forwarded-For": f"198.51.100.{number}"})
    assert last.status_code == 429


@pytest.mark.parametrize(
    ("event", "status", "says"),
    [
        ("suspended", "suspended", "This certificate is suspended"),
        ("revoked", "revoked", "no longer valid"),
        ("superseded", "corrected", "A newer certificate has taken its place"),
        ("erased", "erased", "details have been erased"),
    ],
)
def test_what_happened_to_it_is_told(
    certificate: Certificate, client: Client, holder: Client, event: str, status: str, says: str
) -> None:
    now = certificate.issued_at
    entry = CertificateLogEntry(certificate=certificate, event=event, at=now + timedelta(days=1))
    entry.save()
    assert str(entry) == event
    page = client.get(url(certificate))
    assert page.context["check"].status == status
    assert says in page.content.decode()
    assert "This certificate is valid" not in page.content.decode()
    assert [e.on for e in page.context["check"].log] == [now, now + timedelta(days=1)]
    assert holder.get(url(certificate, "view/")).context["certificate"].status == status


def test_what_is_kept_of_the_check_page_goes_when_something_happens(
    certificate: Certificate, client: Client, holder: Client, ada: User, now: datetime
) -> None:
    """The change may be another process's: nothing but rows is written here."""
    assert "This certificate is valid" in client.get(url(certificate)).content.decode()
    User.objects.filter(pk=ada.pk).update(time_zone="Pacific/Kiritimati")
    late = now.replace(hour=23)
    CertificateLogEntry(certificate=certificate, event="suspended", at=late).save()
    here, there = (browser.get(url(certificate)).content.decode() for browser in (client, holder))
    assert "This certificate is suspended" in here
    assert "This certificate is valid" not in here
    assert date_format(late) in here
    assert date_format(late + timedelta(days=1)) in there
    CertificateLogEntry(certificate=certificate, event="restored", at=late).save()
    assert "This certificate is valid" in client.get(url(certificate)).content.decode()
    CertificateHolder.objects.update(is_name_shown=True)
    assert "Canaryname" in client.get(url(certificate)).content.decode()
    CertificateHolder.objects.update(is_name_shown=False)
    assert "Canaryname" not in client.get(url(certificate)).content.decode()


def test_each_visitor_checks_a_name_by_a_token_of_their_own(certificate: Certificate) -> None:
    tokens = []
    for _visitor in range(2):
        browser = Client(enforce_csrf_checks=True)
        page = browser.get(url(certificate))
        assert page.headers["Vary"] == "Cookie"
        [token] = re.findall(r'name="csrfmiddlewaretoken" value="(\w{64})"', page.content.decode())
        tokens.append(token)
        asked = {"name": "Somebody Else", "csrfmiddlewaretoken": token}
        assert "That is not the name" in browser.post(url(certificate), asked).content.decode()
        assert Client(enforce_csrf_checks=True).post(url(certificate), asked).status_code == 403
    assert len(set(tokens)) == 2


def test_a_name_that_is_shown_stays_text(certificate: Certificate, client: Client) -> None:
    CertificateHolder.objects.update(is_name_shown=True, printed_name="<b>Ada</b> & Co")
    for _time in range(2):
        body = client.get(url(certificate)).content.decode()
        assert "&lt;b&gt;Ada&lt;/b&gt; &amp; Co" in body
        assert "name-of-the-holder" not in body


def test_a_reason_is_not_told_to_the_public(certificate: Certificate, client: Client, now: datetime) -> None:
    CertificateLogEntry(certificate=certificate, event="revoked", at=now, reason="canary-reason").save()
    assert "canary-reason" not in client.get(url(certificate)).content.decode()


@pytest.mark.parametrize("is_shown", [True, False])
def test_the_newer_certificate_is_named_only_when_the_holder_shows_the_name(
    certificate: Certificate, client: Client, ada: User, now: datetime, is_shown: bool
) -> None:
    """Otherwise the old number would lead to the changed name of somebody who hides it."""
    newer = Certificate(
        code="N" * 28,
        enrolment=certificate.enrolment,
        course=certificate.course,
        supersedes=certificate,
        frozen=certificate.frozen,
        issued_at=now,
        name_salt=b"x" * 32,
        name_digest="x" * 64,
    )
    newer.save()
    CertificateLogEntry(certificate=certificate, event="superseded", at=now).save()
    certify.show_name(code=certificate.code, learner=ada, is_shown=is_shown, at=now)
    assert ("N" * 28 in client.get(url(certificate)).content.decode()) is is_shown


def test_the_form_finds_a_number_however_it_is_typed(certificate: Certificate, client: Client) -> None:
    assert client.get("/certificates/").status_code == 200
    found = client.post("/certificates/", {"code": f"  {str(certificate).lower()} "})
    assert found.headers["Location"] == url(certificate)
    assert client.post("/certificates/", {"code": "nonsense"}).headers["Location"] == (
        "/certificates/unknown/"
    )
    for empty in ("", "x" * 121, "\x00"):
        page = client.post("/certificates/", {"code": empty})
        assert (page.status_code, bool(page.context["form"].errors)) == (200, True)


# --- The holder's own pages -----------------------------------------------------------------------


def test_the_holder_sees_the_name_and_a_link_that_does_not_carry_it(
    certificate: Certificate, sign_in: SignIn, ada: User
) -> None:
    page = sign_in(ada).get(url(certificate, "view/"))
    held = page.context["certificate"]
    assert held.name == NAME
    assert held.verify_url == f"http://testserver{url(certificate)}"
    assert "Canaryname" not in held.linkedin_url
    assert held.linkedin_url.startswith("https://www.linkedin.com/profile/add?")
    assert "<svg" in held.qr_svg
    assert "style=" not in held.qr_svg
    assert "<script" not in held.qr_svg


def test_the_holder_gets_the_pdf_as_a_file(certificate: Certificate, sign_in: SignIn, ada: User) -> None:
    response = sign_in(ada).get(url(certificate, "certificate.pdf"))
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="certificate-{certificate}.pdf"'
    )
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store, private"
    assert response.content.startswith(b"%PDF-")


def test_case_35_nobody_else_gets_the_holder_s_pages(
    certificate: Certificate, sign_in: SignIn, cleo: User, fay: User, amy: User, client: Client
) -> None:
    for person in (cleo, fay, amy):
        browser = sign_in(person)
        assert browser.get(url(certificate, "view/")).status_code == 404
        assert browser.get(url(certificate, "certificate.pdf")).status_code == 404
        assert browser.post(url(certificate, "show-name/"), {"show": "yes"}).status_code == 404
    assert client.get(url(certificate, "view/")).status_code == 302
    assert client.get(url(certificate, "certificate.pdf")).status_code == 302
    assert not Certificate.objects.get().holder.is_name_shown


def test_only_the_holder_shows_and_hides_the_name(
    certificate: Certificate, sign_in: SignIn, ada: User, client: Client
) -> None:
    holder = sign_in(ada)
    assert holder.get(url(certificate, "show-name/")).status_code == 405
    holder.post(url(certificate, "show-name/"), {"show": "yes"})
    shown = client.get(url(certificate)).content.decode()
    assert "Canaryname" in shown
    holder.post(url(certificate, "show-name/"), {"show": "anything else"})
    assert "Canaryname" not in client.get(url(certificate)).content.decode()


@pytest.mark.parametrize("code", ["%00", "a%00b", "x", "0" * 28, "%F0%9F%98%80", "a" * 3000])
@pytest.mark.parametrize("rest", ["view/", "certificate.pdf", "show-name/"])
def test_a_number_that_is_not_theirs_or_not_one_is_not_found(
    certificate: Certificate, sign_in: SignIn, ada: User, code: str, rest: str
) -> None:
    browser = sign_in(ada)
    ask = browser.post if rest == "show-name/" else browser.get
    assert ask(f"/certificates/{code}/{rest}").status_code == 404


def test_the_holder_s_pages_read_a_number_kindly_too(
    certificate: Certificate, sign_in: SignIn, ada: User
) -> None:
    browser = sign_in(ada)
    typed = f"/certificates/{str(certificate).lower()}/"
    assert browser.get(f"{typed}view/").status_code == 200
    assert browser.post(f"{typed}show-name/", {"show": "yes"}).headers["Location"] == (
        url(certificate, "view/")
    )


def test_case_39_the_address_on_the_page_is_the_configured_one_whatever_host_is_asked(
    certificate: Certificate, sign_in: SignIn, ada: User, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    page = sign_in(ada).get(
        url(certificate, "view/"),
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
    )
    assert "evil.example" not in page.content.decode()
    assert page.context["certificate"].verify_url.startswith("http://testserver/")


# --- A certificate that was corrected -------------------------------------------------------------


@pytest.fixture
def newer(certificate: Certificate, amy: User, now: datetime) -> Certificate:
    return certify.correct(
        certificate_id=certificate.pk, name="Ada Right", by=amy, reason="A letter was wrong.", at=now
    )


def test_the_holder_of_a_replaced_certificate_is_led_to_the_newest(
    certificate: Certificate, newer: Certificate, holder: Client, amy: User, now: datetime
) -> None:
    newest = certify.correct(
        certificate_id=newer.pk, name="Ada L. Right", by=amy, reason="A letter was missing.", at=now
    )
    for old in (certificate, newer):
        shown = holder.get(url(old, "view/")).content.decode()
        assert "You have a newer certificate" in shown
        assert f'href="{url(newest, "view/")}"' in shown
        for gone in ("Ask the holder", "Download as PDF", "Add to LinkedIn", "Show my name there"):
            assert gone not in shown, gone


def test_the_newer_certificate_says_to_its_holder_which_one_it_replaces(
    certificate: Certificate, newer: Certificate, holder: Client, client: Client
) -> None:
    shown = " ".join(holder.get(url(newer, "view/")).content.decode().split())
    number = f'<a href="{url(certificate, "view/")}">number {certificate}</a>'
    assert f"This certificate replaces {number} of 23 November 2026." in shown
    assert "You have a newer certificate" not in shown
    assert "Download as PDF" in shown
    # To others the old number could tell a name that was left behind.
    assert certificate.code not in client.get(url(newer)).content.decode().replace("-", "")


def test_a_name_that_a_replaced_certificate_shows_can_still_be_hidden(
    certificate: Certificate, holder: Client, ada: User, amy: User, now: datetime
) -> None:
    certify.show_name(code=certificate.code, learner=ada, is_shown=True, at=now)
    certify.correct(certificate_id=certificate.pk, name="Ada Right", by=amy, reason="Wrong.", at=now)
    assert "Hide my name there" in holder.get(url(certificate, "view/")).content.decode()


def test_how_it_was_assessed_is_a_list_where_there_are_several(certificate: Certificate) -> None:
    both = {"facts": [("How it was assessed", ("One.", "Two.")), ("Edition", ("1",))]}
    drawn = render_to_string("certificates/facts.html", both)
    assert "<ul><li>One.</li><li>Two.</li></ul>" in drawn
    assert "<dd>1</dd>" in drawn
