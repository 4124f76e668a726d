"""A second pair of eyes, and pages that are published when their time has come."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from wagtail.models import Page, Workflow, WorkflowPage

from cms.core import moderation
from cms.users.models import User
from courses.staff import roles
from home.models import InformationPage
from tests.factories import courses as build
from tests.factories import people


@pytest.fixture
def page(db: None) -> InformationPage:
    page = InformationPage(title="Help", slug="help", live=False, body=[("paragraph", "<p>We help.</p>")])
    build.home().add_child(instance=page)
    return page


@pytest.fixture
def pia(db: None) -> User:
    return people.staff("pia", "Pia Publisher", group="Publishing editors")


def test_every_page_offers_a_second_pair_of_eyes(page: InformationPage, ed: User) -> None:
    workflow = page.get_workflow()
    assert workflow is not None
    assert workflow.name == moderation.NAME


def test_setting_up_twice_makes_one_and_leaves_changes_alone(db: None) -> None:
    roles.set_up()
    Workflow.objects.filter(name=moderation.NAME).update(active=False)
    WorkflowPage.objects.all().delete()
    roles.set_up()
    assert Workflow.objects.filter(name=moderation.NAME).count() == 1
    assert not WorkflowPage.objects.exists()


def test_handing_in_writes_to_the_publishing_editors_and_approving_publishes(
    page: InformationPage, ed: User, pia: User, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    page.save_revision(user=ed)
    with django_capture_on_commit_callbacks(execute=True):
        state = page.get_workflow().start(page, ed)
    asked = [mail for mail in mailoutbox if mail.to == [pia.email]]
    assert [mail.subject for mail in asked] == ["Please read “Help” before it is published"]
    assert "waits for a second pair of eyes" in asked[0].body
    with django_capture_on_commit_callbacks(execute=True):
        state.current_task_state.approve(user=pia)
    assert InformationPage.objects.get(pk=page.pk).live
    assert "“Help” was approved" in [mail.subject for mail in mailoutbox if mail.to == [ed.email]]


def test_asking_for_a_change_tells_the_writer_what(
    page: InformationPage, ed: User, pia: User, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    page.save_revision(user=ed)
    state = page.get_workflow().start(page, ed)
    with django_capture_on_commit_callbacks(execute=True):
        state.current_task_state.reject(user=pia, comment="The first sentence is long.")
    told = [mail for mail in mailoutbox if mail.to == [ed.email]]
    assert [mail.subject for mail in told] == ["Please change something in “Help”"]
    assert "The first sentence is long." in told[0].body
    assert not InformationPage.objects.get(pk=page.pk).live


def test_a_page_goes_public_when_its_time_has_come(page: InformationPage, ed: User) -> None:
    """Nothing but `run_due` runs on a timer."""
    start = timezone.now()
    page.go_live_at = start + timedelta(hours=1)
    page.expire_at = start + timedelta(hours=3)
    page.save_revision(user=ed).publish()
    for hours, expected in ((0, 404), (2, 200), (4, 404)):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            call_command("run_due", verbosity=0)
            assert Client().get("/help/").status_code == expected, hours


def test_editors_may_still_publish_by_themselves(page: InformationPage, ed: User) -> None:
    assert Page.objects.get(pk=page.pk).permissions_for_user(ed).can_publish()
