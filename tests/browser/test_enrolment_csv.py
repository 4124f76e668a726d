"""A list of people from a spreadsheet: first with faults, then mended, without JavaScript."""

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from courses.enrolment.models import Enrolment, Offer
from tests.browser.conftest import OpenPage
from tests.browser.pages import EMAILS, cohort

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_list_with_faults_is_mended_and_brought_in_as_a_whole(
    open_page: OpenPage, tmp_path: Path, scripts: bool
) -> None:
    file = tmp_path / "people.csv"
    path = reverse("staff:learner_list", args=[cohort().pk])
    page = open_page(path, email=EMAILS["facilitator"], java_script_enabled=scripts)
    before = (Enrolment.objects.count(), Offer.objects.count())

    file.write_bytes("E-Mail;Name\r\nzoë@;Zoë\r\nnew@example.org;Somebody New\r\n".encode("cp1252"))
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Look at the list").click()
    expect(page.get_by_role("heading", name="Nothing is done yet")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="zoë@")).to_contain_text("Check for a mistake.")
    expect(page.get_by_role("button", name="Bring in the whole list")).to_have_count(0)

    file.write_bytes(
        "E-Mail;Name\r\nzoe@example.org;Zoë\r\nnew@example.org;Somebody New\r\n".encode("cp1252")
    )
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Look at the list").click()
    expect(page.get_by_role("heading", name="What the list would do")).to_be_visible()
    assert (Enrolment.objects.count(), Offer.objects.count()) == before

    page.get_by_role("button", name="Bring in the whole list").click()
    expect(page.get_by_text("Please say why.")).to_be_visible()
    page.get_by_label("Why do these people get a place?").fill("Their group asked for it")
    page.get_by_role("button", name="Bring in the whole list").click()
    expect(page.get_by_text("0 places given, 2 invitations on their way.")).to_be_visible()
    assert set(Offer.objects.filter(kind="invitation").values_list("email", flat=True)) >= {
        "zoe@example.org",
        "new@example.org",
    }
