"""The register of a meeting on a phone in the room, without JavaScript, and the code that is shown there."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from courses.actions import attendance
from courses.cohorts.models import Cohort, CohortStaff
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment
from courses.progress.attendance import Attendance
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.pages import EMAILS

pytestmark = pytest.mark.browser
NARROW = (320, 640)


def meeting() -> LiveSession:
    """A meeting that is on now, of the cohort that the demo's learner is on."""
    enrolment = Enrolment.objects.filter(learner__email=EMAILS["learner"], status="active").first()
    assert enrolment is not None
    cohort: Cohort = enrolment.cohort
    facilitator = cohort.staff.filter(user__email=EMAILS["facilitator"], role=CohortStaff.Role.FACILITATOR)
    assert facilitator.exists()
    now = timezone.now()
    return LiveSession.objects.create(
        cohort=cohort,
        activity_id=cohort.edition.outline.activities[-1].activity_id,
        title="A meeting with a rather long name, so that a narrow phone has something to break",
        starts_at=now - timedelta(minutes=30),
        ends_at=now + timedelta(minutes=90),
        changed_at=now,
    )


def is_too_wide(page: Page) -> bool:
    """Whether the page must be moved sideways; works without scripts, by the size of the screen picture."""
    box = page.locator(".cm-register").bounding_box()
    size = page.viewport_size
    assert box is not None
    assert size is not None
    return box["x"] < 0 or box["x"] + box["width"] > size["width"]


@pytest.mark.parametrize("size", [PHONE, NARROW], ids=["390", "320"])
def test_the_register_is_kept_on_a_phone_without_javascript(
    open_page: OpenPage, size: tuple[int, int]
) -> None:
    session = meeting()
    path = reverse("staff:session_register", args=[session.pk])
    page = open_page(path, email=EMAILS["facilitator"], size=size, java_script_enabled=False)
    assert not is_too_wide(page)
    people = page.locator(".cm-person")
    count = people.count()
    first = people.first
    first.get_by_role("radio", name="Partly").check(force=True)
    first.get_by_label("Minutes, if partly").fill("500")
    page.get_by_role("button", name="All others attended, and save").click()
    expect(page.get_by_role("alert")).to_contain_text("The minutes must be between 1 and 120")
    assert Attendance.objects.filter(session=session).count() == 0
    first = page.locator(".cm-person").first
    expect(first.get_by_role("radio", name="Partly")).to_be_checked()
    first.get_by_label("Minutes, if partly").fill("45")
    page.get_by_role("button", name="All others attended, and save").click()
    expect(page.get_by_text(f"{count} of {count} have a mark.")).to_be_visible()
    assert Attendance.objects.filter(session=session, status="attended").count() == count - 1
    assert Attendance.objects.get(session=session, status="partly").minutes == 45
    for label in page.locator(".cm-choice").all()[:4]:
        box = label.bounding_box()
        assert box is not None
        assert box["height"] >= 44


def test_marks_that_are_not_saved_are_counted_and_not_lost_without_a_question(open_page: OpenPage) -> None:
    path = reverse("staff:session_register", args=[meeting().pk])
    page = open_page(path, email=EMAILS["facilitator"], size=PHONE)
    first = page.locator(".cm-person").first
    expect(first.get_by_label("Minutes, if partly")).to_be_hidden()
    first.get_by_role("radio", name="Partly").check(force=True)
    expect(first.get_by_label("Minutes, if partly")).to_be_visible()
    expect(page.get_by_text("1 mark is not saved yet.")).to_be_visible()
    first.get_by_role("radio", name="Attended").check(force=True)
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    first.get_by_role("button", name="Save").click()
    expect(page.locator(".cm-saved")).to_be_visible()
    expect(page.locator(".cm-unsaved")).to_be_hidden()
    tabs = page.locator(".ct-tabs ul").bounding_box()
    assert tabs is not None
    assert tabs["height"] < 80, "one row"


def test_a_learner_is_in_the_register_by_the_code_in_the_room(open_page: OpenPage) -> None:
    session = meeting()
    by = session.cohort.staff.get(user__email=EMAILS["facilitator"]).user
    word = attendance.renew_word(session_id=session.pk, by=by, at=timezone.now())
    room = open_page(reverse("staff:session_word", args=[session.pk]), email=EMAILS["facilitator"])
    expect(room.get_by_text(" ".join(word))).to_be_visible()
    path = reverse("learning:check_in", args=[session.pk, word])
    page = open_page(path, email=EMAILS["learner"], size=PHONE, java_script_enabled=False)
    page.get_by_role("button", name="I am here").click()
    expect(page.get_by_text("You are in the register of")).to_be_visible()
    assert Attendance.objects.get(session=session).source == "self"
