"""From the home page to a certificate that a stranger can check, with JavaScript and without."""

import io
import re
from pathlib import Path

import pikepdf
import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from courses.enrolment.models import Enrolment
from home.demo.walks import Walk
from tests.browser import content
from tests.browser.conftest import OpenPage
from tests.browser.content import Asked, Option

pytestmark = pytest.mark.browser

NAME = "Zoë Example"
EMAIL = "zoe@example.org"
PASSWORD = "three green bicycles"
NEXT_STEP = re.compile(r"^(Start|Go on|Try again) ?: ")
LINK = re.compile(r"http://\S+")


@pytest.mark.parametrize("java_script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_from_the_home_page_to_a_certificate_that_a_stranger_can_check(
    open_page: OpenPage, java_script: bool
) -> None:
    zoe = open_page("/", java_script_enabled=java_script)
    goes_to_the_course_and_wants_to_join(zoe)
    makes_an_account(zoe)
    opens_the_link_in_the_mail(zoe)
    joins(zoe)
    sees_one_next_step(zoe)
    reads_every_lesson(zoe)
    fails_the_quiz(zoe)
    passes_the_quiz(zoe)
    does_all_other_stages()
    number = sees_the_certificate(zoe)
    downloads_the_pdf(zoe, number)

    employer = open_page("/", java_script_enabled=java_script)
    checks_the_number(employer, number)
    checks_the_name(employer)
    shows_the_name(zoe)
    employer.goto(employer.url)
    expect(employer.get_by_text(NAME)).to_be_visible()


def goes_to_the_course_and_wants_to_join(page: Page) -> None:
    link(page, content.start_link()).click()
    expect(heading(page, content.course_title())).to_be_visible()
    link(page, "Join: Start any time").click()
    expect(page.get_by_text("To join, you need an account here.")).to_be_visible()


def makes_an_account(page: Page) -> None:
    page.get_by_role("main").get_by_role("link", name="Create an account").click()
    page.get_by_label("Your name, as it should be printed on a certificate").fill(NAME)
    page.get_by_label("E-mail address", exact=True).fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("I have read the privacy notice").check()
    button(page, "Create my account").click()
    expect(heading(page, "Look in your e-mail")).to_be_visible()


def opens_the_link_in_the_mail(page: Page) -> None:
    (message,) = mail.outbox
    assert message.to == [EMAIL]
    (address,) = LINK.findall(message.body)
    page.goto(address)
    expect(page.get_by_text(EMAIL)).to_be_visible()
    button(page, "Yes, this is my address").click()


def joins(page: Page) -> None:
    """Confirming leads back to the course that she wanted to join."""
    expect(page.get_by_text("Join a course")).to_be_visible()
    expect(heading(page, content.course_title())).to_be_visible()
    button(page, "Join this course").click()
    expect(page.get_by_text("You have joined. Here is your course.")).to_be_visible()
    assert mail.outbox[-1].to == [EMAIL]
    assert content.course_title() in mail.outbox[-1].body


def sees_one_next_step(page: Page) -> None:
    link(page, "Your learning").first.click()
    expect(heading(page, "Your learning")).to_be_visible()
    step = page.get_by_role("link", name=NEXT_STEP)
    expect(step).to_have_count(1)
    expect(step).to_have_accessible_name(re.compile(rf"^Start ?: {content.lesson_titles()[0]}$"))
    expect(page.get_by_text(re.compile(rf"^{content.step_count()} steps left, about "))).to_be_visible()
    step.click()


def reads_every_lesson(page: Page) -> None:
    """Each "I’ve done this" leads on to what comes next."""
    for title in content.lesson_titles():
        expect(heading(page, title)).to_be_visible()
        button(page, "I’ve done this").click()
        expect(page.get_by_text("Saved. You have done “")).to_be_visible()
    expect(heading(page, content.quiz_title())).to_be_visible()


def fails_the_quiz(page: Page) -> None:
    """Two right answers are not enough. She learns what was wrong with hers, but not which were right."""
    asked = content.questions()
    chosen = [question.right if place < 2 else question.wrong[:1] for place, question in enumerate(asked)]
    button(page, "Start the quiz").click()
    answers(page, asked, chosen)
    expect(page.get_by_text("Not passed yet", exact=True)).to_be_visible()
    expect(page.get_by_text(f"{2 * 100 // len(asked)}%", exact=True)).to_be_visible()
    expect(page.get_by_text("You can try again 2 more times.")).to_be_visible()
    for question, options in zip(asked, chosen, strict=True):
        shown = reviewed(page, question)
        for option in question.options:
            expect(shown.get_by_text(option.feedback, exact=True)).to_have_count(int(option in options))
        expect(shown.get_by_text("Right answer")).to_have_count(sum(option.is_right for option in options))


def passes_the_quiz(page: Page) -> None:
    """With the quiz passed, everything is told, and the second stage is open."""
    asked = content.questions()
    link(page, "Try again").click()
    button(page, "Try again").click()
    answers(page, asked, [question.right for question in asked])
    expect(page.get_by_text("Well done. You have passed.")).to_be_visible()
    expect(page.get_by_text("100%", exact=True)).to_be_visible()
    for question in asked:
        expect(reviewed(page, question).get_by_text("Right answer")).to_have_count(len(question.right))
    link(page, "Your learning").first.click()
    expect(page.get_by_role("link", name=NEXT_STEP)).to_have_count(1)


def does_all_other_stages() -> None:
    """As in the first one. tests/home/test_whole_course.py walks all of them over HTTP."""
    enrolment = Enrolment.objects.get(learner__email=EMAIL)
    Walk(enrolment.cohort, at=timezone.now()).stages(enrolment)


def sees_the_certificate(page: Page) -> str:
    """The way there from the dashboard; returns the certificate's number."""
    link(page, "Your learning").first.click()
    expect(page.get_by_text("Finished on")).to_be_visible()
    expect(page.get_by_role("link", name=NEXT_STEP)).to_have_count(0)
    message = mail.outbox[-1]
    assert message.to == [EMAIL]
    assert message.subject == "Your certificate is ready"
    page.get_by_role("link", name="See your certificate").click()
    certificate = page.get_by_role("article")
    expect(certificate.get_by_text(NAME)).to_be_visible()
    expect(certificate.get_by_text(content.course_title(), exact=True)).to_be_visible()
    found = re.search(r"Certificate number (\S+)", certificate.inner_text())
    assert found
    assert found[1] in message.body
    return found[1]


def downloads_the_pdf(page: Page, number: str) -> None:
    with page.expect_download() as download:
        link(page, "Download as PDF").click()
    assert download.value.suggested_filename == f"certificate-{number}.pdf"
    pdf = Path(download.value.path()).read_bytes()
    assert pdf.startswith(b"%PDF-")
    text = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(pdf)).pages)
    assert NAME in text
    assert number in text
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert opened.Root.MarkInfo.Marked
        assert opened.Root.StructTreeRoot.K
        assert str(opened.Root.Lang).lower() == "en-gb"
        assert content.course_title() in str(opened.docinfo.Title)


def checks_the_number(page: Page, number: str) -> None:
    """Somebody who is not signed in, and types the number as people do."""
    link(page, "Check a certificate").click()
    page.get_by_label("Certificate number").fill(number.replace("-", " ").lower())
    button(page, "Check this number").click()
    expect(heading(page, "This certificate is valid", level=2)).to_be_visible()
    expect(page.get_by_text(content.course_title()).first).to_be_visible()
    expect(page.get_by_text(NAME)).to_have_count(0)


def checks_the_name(page: Page) -> None:
    for name, answer in (
        ("Zara Example", "That is not the name on this certificate"),
        (NAME.upper(), "Yes, that is the name on this certificate"),
    ):
        page.get_by_label("Name on the certificate").fill(name)
        button(page, "Check this name").click()
        expect(page.get_by_text(answer)).to_be_visible()


def shows_the_name(page: Page) -> None:
    button(page, "Show my name there").click()
    expect(page.get_by_text("Your name is now shown.")).to_be_visible()


def answers(page: Page, asked: list[Asked], chosen: list[list[Option]]) -> None:
    """Choose these options, question by question, and hand in."""
    for place, (question, options) in enumerate(zip(asked, chosen, strict=True), start=1):
        expect(heading(page, f"Question {place} of {len(asked)}")).to_be_visible()
        group = page.get_by_role("group", name=question.text)
        for option in options:
            group.get_by_label(option.text, exact=True).check()
        last = place == len(asked)
        button(page, "Save and check my answers" if last else "Save and go on").click()
    expect(page.get_by_text("You have answered every question.")).to_be_visible()
    button(page, "Hand in my answers").click()
    expect(heading(page, "Your result")).to_be_visible()


def reviewed(page: Page, question: Asked) -> Locator:
    """The part of the result that is about one question."""
    title = page.get_by_role("heading", name=question.text)
    return page.get_by_role("listitem").filter(has=title)


def heading(page: Page, name: str, level: int = 1) -> Locator:
    return page.get_by_role("heading", name=name, level=level)


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name, exact=True)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)
