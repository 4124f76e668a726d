"""Every page type can be reached, drawn, edited and previewed; none is forgotten."""

from typing import Any

import pytest
from django.db import models
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import reverse
from wagtail import blocks
from wagtail.coreutils import get_dummy_request
from wagtail.fields import StreamField
from wagtail.models import Page, get_page_models
from wagtail.test.utils import WagtailPageTestCase
from wagtail.test.utils.form_data import querydict_from_html, rich_text

from cms.core.models import BasePage, UnservedPage
from tests.architecture.world import World

pytestmark = pytest.mark.django_db

# The page types, each with the page of the world that stands for it.
PAGES = {
    "courses.CatalogueIndexPage": "catalogue",
    "courses.CoursePage": "course",
    "courses.CourseworkPage": "coursework",
    "courses.LessonPage": "lesson",
    "courses.LiveSessionPage": "session",
    "courses.QuizPage": "quiz",
    "courses.StagePage": "stage",
    "home.AccessibilityStatementPage": "statement",
    "home.GlossaryPage": "glossary",
    "home.HomePage": "home",
    "home.InformationPage": "help",
    "home.NoticePage": "privacy",
    "research.ResearchIndexPage": "research",
    "research.ResearchSummaryPage": "summary",
}
# Editors write and preview these; learners meet their words at /learning/.
UNSERVED = {
    "courses.CourseworkPage",
    "courses.LessonPage",
    "courses.LiveSessionPage",
    "courses.QuizPage",
    "courses.StagePage",
}
# What publishing other words needs besides the words.
ALSO_SENT = {"home.NoticePage": {"version": "2", "what_changed": "The title."}}
EVERY_TYPE = pytest.mark.parametrize("label", sorted(PAGES))


def page_of(world: World, label: str) -> Any:
    found = Page.objects.get(pk=world.pages[PAGES[label]].pk).specific
    assert type(found)._meta.label == label
    return found


@pytest.fixture
def wagtail() -> WagtailPageTestCase:
    """Wagtail's own assertions, outside its test class."""
    case = WagtailPageTestCase()
    case.client = Client()
    case.dummy_request = get_dummy_request()
    return case


def form_of(page: Any, shown: Any) -> dict[str, Any]:
    """What the edit form of a page would send. Stream fields are drawn by script, so they are added."""
    plain = querydict_from_html(shown.content.decode(), form_id="page-edit-form")
    sent: dict[str, Any] = {name: plain[name] for name in plain}
    for field in page._meta.get_fields():
        # Wagtail's reader of forms leaves ticked boxes out.
        if isinstance(field, models.BooleanField) and getattr(page, field.name):
            sent[field.name] = "on"
        if isinstance(field, StreamField):
            sent |= block_form(field.stream_block, field.name, getattr(page, field.name))
    return sent


def block_form(block: blocks.Block, name: str, value: Any) -> dict[str, Any]:
    """The form fields of one block with this value."""
    if isinstance(block, blocks.BaseStreamBlock):
        sent = {f"{name}-count": len(value)}
        for place, child in enumerate(value):
            start = f"{name}-{place}"
            sent |= {f"{start}-type": child.block_type, f"{start}-order": place, f"{start}-deleted": ""}
            sent |= block_form(child.block, f"{start}-value", child.value)
        return sent
    if isinstance(block, blocks.BaseStructBlock):
        parts = [block_form(child, f"{name}-{key}", value[key]) for key, child in block.child_blocks.items()]
        return {key: one for part in parts for key, one in part.items()}
    if isinstance(block, blocks.RichTextBlock):
        return {name: rich_text(value.source)}
    assert isinstance(block, blocks.FieldBlock), f"Say how a form sends a {type(block).__name__}."
    return {name: block.value_for_form(value)}


def test_no_page_type_is_forgotten() -> None:
    ours = {model._meta.label: model for model in get_page_models() if model is not Page}
    assert set(ours) == set(PAGES)
    assert all(issubclass(model, BasePage) for model in ours.values())
    assert {label for label, model in ours.items() if issubclass(model, UnservedPage)} == UNSERVED


@pytest.mark.parametrize("label", sorted(set(PAGES) - UNSERVED))
def test_a_public_page_is_reached_and_drawn(world: World, wagtail: WagtailPageTestCase, label: str) -> None:
    page = page_of(world, label)
    wagtail.assertPageIsRoutable(page)
    wagtail.assertPageIsRenderable(page)


@pytest.mark.parametrize("label", sorted(UNSERVED))
def test_a_page_without_an_address_answers_404(world: World, label: str) -> None:
    page = page_of(world, label)
    assert page.url is None
    assert page.get_sitemap_urls() == []
    guessed = "/" + page.url_path.removeprefix(world.pages["home"].url_path)
    assert Client().get(guessed).status_code == 404
    with pytest.raises(Http404):
        page.serve(RequestFactory().get("/"))


@EVERY_TYPE
def test_a_page_is_edited_and_published(world: World, label: str) -> None:
    """What the edit form shows can be sent back as it is: no page type has a form that cannot be saved."""
    page = page_of(world, label)
    client = Client()
    client.force_login(world.people["ed"])
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    shown = client.get(edit)
    assert shown.status_code == 200
    sent = form_of(page, shown)
    sent |= {"title": "A new title", "action-publish": "publish", **ALSO_SENT.get(label, {})}
    answer = client.post(edit, sent)
    assert answer.status_code == 302, answer.context["form"].errors
    page = page_of(world, label)
    assert page.title == "A new title"
    assert page.live


@EVERY_TYPE
def test_a_page_is_previewed(world: World, wagtail: WagtailPageTestCase, label: str) -> None:
    page, ed = page_of(world, label), world.people["ed"]
    client = Client()
    client.force_login(ed)
    sent = form_of(page, client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])))
    wagtail.assertPageIsPreviewable(page, post_data=sent, user=ed)
    preview = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    client.post(preview, {**sent, "title": "A title to try"})
    seen = client.get(preview)
    assert seen.status_code == 200
    words = page.heading if label == "home.HomePage" else "A title to try"
    assert words in seen.content.decode()
    assert page_of(world, label).title == page.title


@EVERY_TYPE
def test_a_page_is_added_only_where_it_belongs(world: World, label: str) -> None:
    """An editor gets a form under every allowed parent that has room, and none elsewhere."""
    model = type(page_of(world, label))
    client = Client()
    client.force_login(world.people["ed"])
    for other, key in PAGES.items():
        parent = page_of(world, other)
        address = reverse(
            "wagtailadmin_pages:add", args=[model._meta.app_label, model._meta.model_name, parent.pk]
        )
        expected = 200 if model.can_create_at(parent) else 302
        assert client.get(address).status_code == expected, (key, label)


def test_pages_allow_no_type_that_is_not_ours(world: World) -> None:
    for label in PAGES:
        page = page_of(world, label)
        assert Page not in page.creatable_subpage_models()
