"""Publishing a second edition, looking as a learner, and sharing a course, as staff do it."""

import re
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from courses.catalogue.models import Course, Edition
from courses.catalogue.outline import Kind
from courses.catalogue.pages import CoursePage, LessonPage
from courses.progress.models import Record
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.pages import EMAILS, activity_path, cohort, course_page

pytestmark = pytest.mark.browser
PATIENCE_WITH_A_COURSE = 180_000


def test_an_editor_makes_a_lesson_optional_and_publishes_the_second_edition(open_page: OpenPage) -> None:
    lesson = LessonPage.objects.descendant_of(course_page()).order_by("path")[0]
    page = open_page(reverse("wagtailadmin_pages:edit", args=[lesson.pk]), email=EMAILS["editor"])
    page.get_by_label(re.compile("required to complete", re.IGNORECASE)).uncheck()
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text(re.compile("has been .*published"))).to_be_visible()

    page.goto(reverse("staff:publish_edition", args=[course_page().pk]))
    expect(page.get_by_text(f"“{lesson.title}” is now optional. It was required.")).to_be_visible()
    expect(page.get_by_text("Nothing changes for anybody who is on the course now.")).to_be_visible()
    expect(page.get_by_text("Everybody keeps the edition they joined.")).to_be_visible()
    page.get_by_label("What changed, and why").fill("People said that it is too much at the start.")
    page.get_by_role("button", name="Publish edition 3").click()
    page.get_by_role("button", name="Yes, publish edition 3").click()
    expect(page.get_by_text("Edition 3 is published")).to_be_visible()
    expect(page.get_by_text("People said that it is too much at the start.")).to_be_visible()
    assert Edition.objects.get(number=3).outline.activities[0].is_required is False


def test_a_facilitator_looks_as_a_learner_on_a_phone_and_leaves_no_trace(open_page: OpenPage) -> None:
    records = Record.objects.count()
    page = open_page(reverse("staff:register", args=[cohort().pk]), email=EMAILS["facilitator"], size=PHONE)
    page.get_by_role("button", name="Look as Ben Example").click()
    band = page.get_by_role("complementary", name="You are looking as a learner")
    expect(band).to_contain_text("You are looking as Ben Example")
    page.goto(activity_path("ben", Kind.LESSON))
    expect(page.get_by_text("You are only looking, so nothing is saved.")).to_be_visible()
    expect(page.get_by_role("button", name="I’ve done this")).to_have_count(0)
    expect(page.locator("textarea")).to_have_count(0)
    page.get_by_role("link", name="Go on").click()
    assert Record.objects.count() == records
    band.get_by_role("button", name="Stop looking").click()
    expect(page.get_by_role("button", name="Look as Ben Example")).to_be_visible()


def test_a_course_goes_out_as_a_file_and_comes_back_as_a_draft(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(reverse("wagtailadmin_explore", args=[course_page().pk]), email=EMAILS["editor"])
    # A whole course is checked and written: that may take a while on a busy machine.
    page.set_default_navigation_timeout(PATIENCE_WITH_A_COURSE)
    page.goto(reverse("staff:look", args=[course_page().pk]))
    expect(page.get_by_role("button", name="Look at edition 1")).to_be_visible()
    file = tmp_path / "course.zip"
    file.write_bytes(page.request.get(reverse("staff:export_course", args=[course_page().pk])).body())
    page.goto(reverse("course:index"))
    page.get_by_role("link", name="Import a course").click()
    page.get_by_label("Course file").set_input_files(file)
    page.get_by_role("button", name="Import").click(timeout=PATIENCE_WITH_A_COURSE)
    expect(page.get_by_text("is here already")).to_be_visible()
    page.get_by_label("Course file").set_input_files(file)
    page.get_by_label("Code of the course here").fill("COPY")
    page.get_by_role("button", name="Import").click(timeout=PATIENCE_WITH_A_COURSE)
    expect(page.get_by_text("is here now, as a draft")).to_be_visible()
    assert not CoursePage.objects.get(course=Course.objects.get(code="COPY")).live
