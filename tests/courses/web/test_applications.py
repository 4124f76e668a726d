"""Applying on the site: explained first, kept as a draft, changed until somebody decides, never lost."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from cms.users.models import User
from courses.actions import apply
from courses.cohorts.application_forms import ApplicationQuestion
from courses.cohorts.models import Cohort
from courses.enrolment.applications import Application
from courses.enrolment.models import Enrolment
from courses.queries import applications
from tests.factories import applications as build
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[Any]:
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cohort(course: BuiltCourse) -> Cohort:
    return build.by_application(course.cohort)


@pytest.fixture
def browser(cohort: Cohort, sign_in: SignIn, ada: User) -> Client:
    return sign_in(ada)


@pytest.fixture
def url(cohort: Cohort) -> str:
    return f"/join/{cohort.pk}/apply/"


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def own(application: Application, then: str = "") -> str:
    return f"/learning/applications/{application.pk}/{then}"


def test_the_page_explains_first_and_then_asks(browser: Client, url: str) -> None:
    shown = words(browser.get(url))
    for said in (
        "<p>We choose by hand.</p>",
        "Why would you like to come?",
        "Tuesday, late",
        "Only the people who look after this course read what you write.",
    ):
        assert said in shown, said
    assert shown.index("We choose by hand.") < shown.index("<form class=")
    assert not Application.objects.exists()


def test_a_visitor_signs_in_before_they_write(url: str, client: Client) -> None:
    assert client.get(url).headers["Location"] == f"/accounts/login/?next={url}"


def test_sending_it_in_twice_is_one_application(browser: Client, url: str) -> None:
    first = browser.post(url, {**build.typed(), "go": "send"})
    application = Application.objects.get()
    assert first.headers["Location"] == own(application)
    assert (application.status, application.answers) == ("submitted", build.answers())
    assert browser.post(url, {**build.typed(), "go": "send"}).headers["Location"] == own(application)
    shown = words(browser.get(own(application)))
    assert "The team has it and has not decided yet" in shown
    assert "Because I care." in shown
    assert "Tuesday, late" in shown
    assert "We have your application" in words(browser.get("/learning/"))


def test_a_draft_may_be_unfinished_and_is_gone_on_with_later(browser: Client, url: str) -> None:
    kept = browser.post(url, {build.WHY: "Because", "go": "later"})
    assert kept.headers["Location"] == url
    application = Application.objects.get()
    assert (application.status, application.submitted_at) == ("draft", None)
    assert "You have begun an application" in words(browser.get("/learning/"))
    assert browser.get(own(application)).headers["Location"] == url
    assert browser.get(url).context["form"][build.WHY].value() == "Because"


def test_what_was_typed_survives_a_refusal(browser: Client, url: str) -> None:
    refused = browser.post(url, {build.WHY: "", build.DAYS: ["Monday"], "go": "send"})
    assert refused.status_code == 422
    shown = words(refused)
    assert "Please answer this." in shown
    assert "Please tick this to go on." in shown
    assert refused.context["form"][build.DAYS].value() == ["Monday"]
    assert not Application.objects.exists()


def test_what_was_typed_survives_signing_in_again(
    cohort: Cohort, url: str, client: Client, ada: User
) -> None:
    answer = client.post(url, {**build.typed("Long words"), "go": "send", "csrf": "x"})
    assert answer.headers["Location"].startswith("/accounts/login/")
    client.force_login(ada)
    form = client.get(url).context["form"]
    assert form[build.WHY].value() == "Long words"
    assert not Application.objects.exists()
    client.post(url, {**build.typed("Long words"), "go": "send"})
    assert Application.objects.get().answers[0]["answer"] == "Long words"


@pytest.mark.parametrize(
    "sent",
    [
        {build.DAYS: ["Sunday"]},
        {build.WHY: "x" * 5000},
        {build.WHY: "\x00"},
        {"qunknown": "x" * 100},
        {build.AGREES: "<script>"},
    ],
)
@pytest.mark.parametrize("go", ["send", "later", "nonsense", ""])
def test_bad_input_is_refused_or_left_out(browser: Client, url: str, sent: dict[str, Any], go: str) -> None:
    answer = browser.post(url, {**build.typed(), **sent, "go": go})
    assert answer.status_code in (302, 422)
    for application in Application.objects.all():
        kept = {one["key"]: one["answer"] for one in application.answers}
        assert set(kept) == {build.WHY, build.DAYS, build.AGREES}
        assert len(kept[build.WHY]) <= 4000
        assert set(kept[build.DAYS]) <= {"Monday", "Tuesday, late"}
        assert isinstance(kept[build.AGREES], bool)


def test_every_kind_of_question_is_asked_and_checked(browser: Client, cohort: Cohort, url: str) -> None:
    kind = ApplicationQuestion.Kind
    more = {
        "qline": (kind.SINGLELINE, "", "In one line", "x" * 300),
        "qnumber": (kind.NUMBER, "", "12", "twelve"),
        "qlist": (kind.DROPDOWN, "One\nTwo", "Two", "Three"),
        "qfew": (kind.RADIO, "One\nTwo", "One", "Three"),
        "qdate": (kind.DATE, "", "2026-12-24", "soon"),
    }
    for key, (which, choices, _good, _bad) in more.items():
        ApplicationQuestion.objects.create(
            form=cohort.application_form, key=key, label=key, kind=which, choices=choices, help_text="<b>"
        )
    page = words(browser.get(url))
    assert "&lt;b&gt;" in page
    assert 'type="date"' in page
    bad = browser.post(url, {**build.typed(), **{key: row[3] for key, row in more.items()}, "go": "send"})
    assert bad.status_code == 422
    assert set(bad.context["form"].errors) == set(more)
    good = {key: row[2] for key, row in more.items()}
    assert browser.post(url, {**build.typed(), **good, "go": "send"}).status_code == 302
    kept = {one["key"]: one["answer"] for one in Application.objects.get().answers}
    assert {key: kept[key] for key in more} == good


def test_changing_what_was_sent_needs_everything_again(browser: Client, url: str) -> None:
    browser.post(url, {**build.typed(), "go": "send"})
    refused = browser.post(url, {build.WHY: "", "go": "later"})
    assert refused.status_code == 422
    browser.post(url, {**build.typed("Other words"), "go": "send"})
    application = Application.objects.get()
    assert (application.version, application.answers[0]["answer"]) == (2, "Other words")


def test_the_words_of_a_question_are_kept_as_they_were_asked(browser: Client, url: str) -> None:
    browser.post(url, {**build.typed(), "go": "send"})
    ApplicationQuestion.objects.filter(key=build.WHY).update(label="Something else?")
    ApplicationQuestion.objects.filter(key=build.DAYS).delete()
    shown = words(browser.get(own(Application.objects.get())))
    assert "Why would you like to come?" in shown
    assert "Tuesday, late" in shown
    assert browser.get(url).context["form"][build.WHY].value() == "Because I care."


def test_after_the_time_to_apply_the_form_is_shut_but_a_sent_one_can_be_changed(
    browser: Client, cohort: Cohort, sign_in: SignIn, ben: User, url: str, now: datetime
) -> None:
    browser.post(url, {**build.typed(), "go": "send"})
    late = sign_in(ben)
    late.post(url, {build.WHY: "Not done", "go": "later"})
    Cohort.objects.update(enrolment_closes_at=now)
    assert browser.post(url, {**build.typed("Better"), "go": "send"}).status_code == 302
    shut = words(late.get(url))
    assert "The time to apply is over" in shut
    assert "it was not sent in time" in shut
    refused = late.post(url, {**build.typed(), "go": "send"})
    assert refused.status_code == 409
    assert Application.objects.get(applicant=ben).status == "draft"


def test_a_decided_application_leads_to_its_own_page(
    browser: Client, cohort: Cohort, ada: User, fay: User, url: str, now: datetime
) -> None:
    application = build.apply_for(cohort, ada, at=now)
    apply.offer(application_id=application.pk, by=fay, seen=1, at=now)
    assert browser.get(url).headers["Location"] == own(application)
    application.refresh_from_db()
    shown = words(browser.get(own(application)))
    assert "A place is kept for you" in shown
    assert f"/learning/offers/{application.offer_id}/" in shown


def test_a_no_is_kind_and_shows_the_teams_words_and_no_notes(
    browser: Client, cohort: Cohort, ada: User, fay: User, now: datetime
) -> None:
    application = build.apply_for(cohort, ada, at=now)
    apply.note(application_id=application.pk, by=fay, text="canary-note", at=now)
    apply.decline(application_id=application.pk, by=fay, reply="<b>Next year?</b>", seen=1, at=now)
    shown = words(browser.get(own(application)))
    assert "A no is no judgement of you." in shown
    assert "&lt;b&gt;Next year?&lt;/b&gt;" in shown
    assert "canary-note" not in shown
    assert fay.printed_name not in shown


def test_answering_what_the_team_asks(
    browser: Client, cohort: Cohort, ada: User, fay: User, now: datetime
) -> None:
    application = build.apply_for(cohort, ada, at=now)
    apply.ask_more(application_id=application.pk, by=fay, text="Which years?", seen=1, at=now)
    shown = words(browser.get(own(application)))
    assert "Which years?" in shown
    assert "A question about your application" in words(browser.get("/learning/"))
    assert browser.post(own(application), {"text": " "}).status_code == 409
    assert browser.post(own(application), {"text": "1990."}).headers["Location"] == own(application)
    late = browser.post(own(application), {"text": "canary of mine"})
    assert late.status_code == 409
    assert "does not wait for an answer" in words(late)
    assert "canary of mine" in words(late)


def test_taking_it_back_is_asked_once_more(browser: Client, cohort: Cohort, ada: User, now: datetime) -> None:
    application = build.apply_for(cohort, ada, at=now)
    browser.get(own(application, "take-back/"))
    application.refresh_from_db()
    assert application.status == "submitted"
    for _press in range(2):
        assert browser.post(own(application, "take-back/")).headers["Location"] == "/learning/"
    application.refresh_from_db()
    assert application.status == "withdrawn"
    assert "You took it back" in words(browser.get(own(application)))


def test_somebody_elses_application_is_not_there(
    cohort: Cohort, sign_in: SignIn, ada: User, ben: User, fay: User, amy: User
) -> None:
    application = build.apply_for(cohort, ada, at=timezone.now())
    for other in (ben, fay, amy):
        browser = sign_in(other)
        for page in (own(application), own(application, "take-back/")):
            assert browser.get(page).status_code == 404
            assert browser.post(page, {"text": "x"}).status_code == 404


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30])
def test_what_is_not_there_is_not_found(browser: Client, number: str) -> None:
    assert browser.get(f"/join/{number}/apply/").status_code == 404
    assert browser.post(f"/join/{number}/apply/").status_code == 404
    assert browser.get(f"/learning/applications/{number}/").status_code == 404


def test_a_cohort_without_a_form_has_no_page_to_apply(
    course: BuiltCourse, sign_in: SignIn, ada: User
) -> None:
    assert sign_in(ada).get(f"/join/{course.cohort.pk}/apply/").status_code == 404


def test_who_may_join_at_once_is_told_so(browser: Client, cohort: Cohort, url: str) -> None:
    Cohort.objects.update(joining="open")
    assert "you can join at once" in words(browser.get(url))
    assert browser.post(url, {**build.typed(), "go": "send"}).status_code == 409
    assert not Application.objects.exists()
    assert not Enrolment.objects.exists()


def test_the_form_costs_the_same_with_three_and_with_thirty_questions(
    cohort: Cohort, ada: User, now: datetime, django_assert_num_queries: Any
) -> None:
    applications.applying(cohort_id=cohort.pk, applicant=ada, at=now)  # the roots of the site are kept now
    with django_assert_num_queries(3):
        applications.applying(cohort_id=cohort.pk, applicant=ada, at=now)
    ApplicationQuestion.objects.bulk_create(
        ApplicationQuestion(form=cohort.application_form, key=f"q{n}", label=f"{n}", kind="singleline")
        for n in range(27)
    )
    with django_assert_num_queries(3):
        assert len(applications.applying(cohort_id=cohort.pk, applicant=ada, at=now).questions) == 30


def test_the_time_to_apply_is_told(browser: Client, cohort: Cohort, url: str, now: datetime) -> None:
    Cohort.objects.update(enrolment_closes_at=now + timedelta(days=2))
    assert "Apply by 25 November 2026" in words(browser.get(url))


def test_who_is_on_the_waiting_list_reads_it_on_their_pages(
    browser: Client, cohort: Cohort, ada: User, fay: User
) -> None:
    sent = build.apply_for(cohort, ada, at=timezone.now())
    apply.keep_waiting(application_id=sent.pk, by=fay, seen=1, at=timezone.now())
    page = words(browser.get(own(sent)))
    assert "<h2>You are on the waiting list</h2>" in page
    assert "The team keeps your application since 23 November 2026." in page
    assert "Take my application back" in page
    assert "You are on the waiting list" in words(browser.get("/learning/"))
    apply.ask_more(application_id=sent.pk, by=fay, text="When?", seen=1, at=timezone.now())
    assert "The team has a question for you" in words(browser.get(own(sent)))
    assert "A question about your application" in words(browser.get("/learning/"))
