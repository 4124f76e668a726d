"""Free in a draft, asked for when publishing: for every page type, through the editor's own form."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.text import slugify
from wagtail.fields import RichTextField
from wagtail.models import Page

from courses.catalogue.models import Course
from tests.architecture.test_pages import PAGES, form_of, page_of
from tests.architecture.world import World

pytestmark = pytest.mark.django_db

# Nothing but a title is needed to publish these: the rest fills itself, or may stay empty.
ONLY_A_TITLE = {
    "courses.CatalogueIndexPage",
    "courses.StagePage",
    "home.GlossaryPage",
    "research.ResearchIndexPage",
}
EVERY_TYPE = pytest.mark.parametrize("label", sorted(PAGES))


def add(world: World, label: str, monkeypatch: pytest.MonkeyPatch, **pressed: str) -> Any:
    """The answer to the form of a new page in which only the title was filled in."""
    page = page_of(world, label)
    model = type(page)
    monkeypatch.setattr(model, "max_count_per_parent", None)
    client = Client()
    client.force_login(world.people["ed"])
    names = [model._meta.app_label, model._meta.model_name, page.get_parent().pk]
    url = reverse("wagtailadmin_pages:add", args=names)
    sent = form_of(model(), client.get(url)) | {"title": "Only a title", "slug": slugify("Only a title")}
    if label == "courses.CoursePage":
        # What the page is about must be there first: records of learners hang on the course.
        sent["course"] = Course.objects.create(title="New", code="NEW", provider="Somebody").pk
        # Ticked in the form, but the reader of forms leaves ticks out.
        sent["is_free"] = "on"
    return client.post(url, sent | pressed)


@EVERY_TYPE
def test_a_draft_needs_only_a_title(world: World, label: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = add(world, label, monkeypatch)
    assert answer.status_code == 302, answer.context["form"].errors
    draft = Page.objects.get(slug="only-a-title")
    assert not draft.live
    edit = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    client = Client()
    client.force_login(world.people["ed"])
    assert client.get(edit).status_code == 200
    # What would trouble a reader can be said of an empty draft too.
    assert client.get(reverse("reading:remarks", args=[draft.pk])).status_code == 200


@EVERY_TYPE
def test_publishing_names_everything_that_is_missing(
    world: World, label: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = add(world, label, monkeypatch, **{"action-publish": "publish"})
    if label in ONLY_A_TITLE:
        assert answer.status_code == 302
        return
    form = answer.context["form"]
    needed = {
        field.name
        for field in form.instance._meta.get_fields()
        if field.name in form.fields
        and not field.blank
        and not field.has_default()
        # An empty rich text comes as an empty paragraph, which Wagtail takes for words.
        and not isinstance(field, RichTextField)
    }
    assert needed - {"title", "slug", "course"} <= set(form.errors)
    assert form.errors


@EVERY_TYPE
def test_every_field_of_an_editor_has_a_name_and_help(world: World, label: str) -> None:
    """The title says what it is; every other field says what to write."""
    page = page_of(world, label)
    client = Client()
    client.force_login(world.people["ed"])
    form = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).context["form"]
    theirs = {"title", "slug", "go_live_at", "expire_at", "comment_notifications"}
    for name, field in form.fields.items():
        if name not in theirs:
            assert field.label, name
            assert field.help_text, name
