"""What is made quickly for pages that everybody asks for is what Django and Wagtail would have made."""

import pytest
from django.test import Client
from modelcluster.models import ClusterableModel
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.search.index import get_indexed_models

from cms.core import page_cache, places
from cms.core.shared_memory import SharedMemory
from courses.catalogue import topics
from courses.catalogue.models import Course
from courses.catalogue.pages import CoursePage
from courses.catalogue.topics import Topic
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse


def test_an_instance_from_a_row_has_its_values_and_its_children(course: BuiltCourse) -> None:
    page = CoursePage.objects.get(pk=course.page.pk)
    assert (page.title, page.course_id) == (course.page.title, course.page.course_id)
    assert list(page.topics.all()) == []
    assert isinstance(page.course, ClusterableModel)
    assert list(page.course.accreditations.all()) == []


def test_children_can_still_be_handed_over_with_the_values(db: None) -> None:
    made = Course(code="X", title="X", provider="X", accreditations=[])
    assert (made.code, list(made.accreditations.all())) == ("X", [])


def test_the_address_of_a_page_is_the_one_that_wagtail_gives(course: BuiltCourse) -> None:
    for page in Page.objects.filter(depth__gt=1).specific():
        assert places.url_of(page) == (page.url or "")
    assert places.url_at("/elsewhere/") == ""


def test_with_two_sites_addresses_say_which(course: BuiltCourse) -> None:
    other = Page.get_first_root_node().add_child(instance=Page(title="Other", slug="other"))
    assert places.url_at(course.page.url_path) == course.page.url
    Site.objects.create(hostname="other.example", root_page=other)
    page = CoursePage.objects.get()
    assert places.url_at(course.page.url_path) == places.url_of(page) == page.url
    assert places.url_of(page).startswith("http")


def test_topics_are_those_that_are_saved_and_in_a_draft_those_that_are_chosen(course: BuiltCourse) -> None:
    saved = Topic.objects.create(name="Saved", slug="saved")
    chosen = Topic.objects.create(name="Chosen", slug="chosen")
    page = course.page
    page.topics.add(saved)
    page.save()
    assert topics.of(CoursePage.objects.get(pk=page.pk)) == [saved]
    draft = CoursePage.objects.get(pk=page.pk)
    draft.topics.set([chosen])
    assert topics.of(draft) == [chosen]


def test_a_page_that_is_closed_is_closed_to_visitors_at_once(course: BuiltCourse) -> None:
    address = f"{course.page.url}?round-the-page-cache"
    assert Client().get(address).status_code == 200
    PageViewRestriction.objects.create(page=build.home(), restriction_type=PageViewRestriction.LOGIN)
    assert Client().get(address).status_code == 302


def test_what_is_kept_is_found_anew_after_each_publication_in_a_row(db: None) -> None:
    said: list[int] = []

    def say() -> int:
        said.append(len(said) + 1)
        return said[-1]

    assert [places.kept("said", say), places.kept("said", say)] == [1, 1]
    for expected in (2, 3):
        page_cache.forget_pages()
        assert [places.kept("said", say), places.kept("said", say)] == [expected, expected]


def test_the_shared_cache_makes_its_client_once() -> None:
    cache = SharedMemory("redis://127.0.0.1:1/0", {})
    assert cache._cache.get_client() is cache._cache.get_client()
    assert cache._cache.get_client(write=True) is cache._cache.get_client(write=True)


@pytest.mark.parametrize("model", get_indexed_models())
def test_everything_that_can_be_searched_has_a_number(model: type) -> None:
    """The search reads the numbers that Wagtail's index keeps as texts (search/matching.py)."""
    key = model._meta.pk  # type: ignore[attr-defined]
    while key.remote_field is not None:
        key = key.remote_field.model._meta.pk
    assert key.get_internal_type() in ("AutoField", "BigAutoField")
