"""Who may have an uploaded file: everybody what a public page uses, learners what their lessons use."""

from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, ReferenceIndex

from cms.core.models import UnservedPage
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.queries import registers


def may_have(*, document: Any, person: Any) -> bool:
    """Whether this person may have this file. Someone who is not signed in costs two queries."""
    used_on = ReferenceIndex.get_references_to(document).values_list("base_content_type", "object_id")
    page_type = ContentType.objects.get_for_model(Page).pk
    places = list(used_on)
    page_ids = [int(found) for kind, found in places if kind == page_type]
    if _is_public([kind for kind, _found in places if kind != page_type], page_ids):
        return True
    if not person.is_authenticated:
        return False
    return (bool(page_ids) and (_learns_with(page_ids, person) or _looks_after(page_ids, person))) or bool(
        document.is_editable_by_user(person)
    )


def _is_public(other_types: list[int], page_ids: list[int]) -> bool:
    """A public page uses it, or something that public pages show (the site's details, a glossary word)."""
    ours = ContentType.objects.get_for_id
    if any(ours(kind).app_label != "courses" for kind in other_types):
        return True
    if not page_ids:
        return False
    unserved = [model for model in apps.get_models() if issubclass(model, UnservedPage)]
    types = [found.pk for found in ContentType.objects.get_for_models(*unserved).values()]
    return bool(Page.objects.filter(pk__in=page_ids).live().public().exclude(content_type__in=types).exists())


def _learns_with(page_ids: list[int], person: Any) -> bool:
    """The person is on a course whose edition names one of these pages."""
    return Enrolment.objects.filter(
        learner=person,
        status=State.ACTIVE.value,
        cohort__edition__edition_pages__page__in=page_ids,
    ).exists()


def _looks_after(page_ids: list[int], person: Any) -> bool:
    """The person looks after a cohort that learns with one of these pages."""
    return registers.cohorts_for(person).filter(edition__edition_pages__page__in=page_ids).exists()
