"""Every model says who writes it: editors in Wagtail, actions, or nobody once it is there."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test import Client
from django.urls import reverse
from modelcluster.fields import ParentalKey
from wagtail.admin.viewsets import viewsets
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.contrib.settings.registry import registry as site_settings
from wagtail.models import Page
from wagtail.snippets.models import get_snippet_models

from courses.catalogue.models import Edition, EditionPage
from courses.certificates.models import Certificate, CertificateLogEntry
from courses.ledger.models import AppendOnly, AppendOnlyError, AppendOnlyQuerySet, LedgerEntry
from home.models import NoticeVersion
from tests.architecture.world import World

OUR_APPS = ("cms", "courses", "home", "search")

# Wagtail edits these: pages, what has a viewset or a settings form, and the children of those.
EDITOR = {
    "core.GlossaryTerm",
    "core.SiteDetails",
    "core.SiteNavigation",
    "core.SiteDocument",
    "core.SiteImage",
    "courses.AccreditationRecord",
    "courses.ApplicationForm",
    "courses.ApplicationQuestion",
    "courses.CatalogueIndexPage",
    "courses.Cohort",
    "courses.CohortReserve",
    "courses.CohortStaff",
    "courses.Course",
    "courses.CoursePage",
    "courses.CourseworkPage",
    "courses.LessonPage",
    "courses.LiveSessionPage",
    "courses.Organisation",
    "courses.Prerequisite",
    "courses.Price",
    "courses.Question",
    "courses.QuizPage",
    "courses.QuizQuestion",
    "courses.StagePage",
    "courses.Topic",
    "home.AccessibilityStatementPage",
    "home.GlossaryPage",
    "home.HomePage",
    "home.InformationPage",
    "home.NoticePage",
    "research.ResearchIndexPage",
    "research.ResearchRelation",
    "research.ResearchSummaryPage",
    "users.User",
}
# Their forms are Wagtail's own, and in none of its registries.
OF_WAGTAIL = {"core.SiteDocument", "core.SiteImage", "users.User"}
# Only actions write these; no form of the admin may offer them.
ACTION = {
    "core.SiteRendition",  # Wagtail, when a page first shows a picture in a size
    "courses.AccessNeeds",
    "courses.Activity",
    "courses.Allocation",
    "courses.Allowance",
    "courses.Application",
    "courses.ApplicationMessage",
    "courses.ApplicationNote",
    "courses.Attempt",
    "courses.AttemptAnswer",
    "courses.Attendance",
    "courses.CalendarFeed",
    "courses.CertificateDocument",
    "courses.CertificateHolder",
    "courses.CodeUse",
    "courses.CohortDate",
    "courses.CohortNotice",
    "courses.Completion",
    "courses.Conversation",
    "courses.Declaration",
    "courses.Enrolment",
    "courses.EnrolmentConsent",
    "courses.EnrolmentCode",
    "courses.Grant",
    "courses.LearnerList",
    "courses.LiveSession",
    "courses.MailTrouble",
    "courses.Message",
    "courses.MessageSent",
    "courses.MessageTemplate",
    "courses.Note",
    "courses.Notice",
    "courses.Offer",
    "courses.Order",
    "courses.OrderBilling",
    "courses.OrderLine",
    "courses.OrganisationManager",
    "courses.OutboxEntry",
    "courses.Paper",
    "courses.PaperSeries",
    "courses.PaymentEvent",
    "courses.Place",
    "courses.ReadingPlace",
    "courses.Record",
    "courses.Refund",
    "courses.ReminderChoice",
    "courses.ReminderRun",
    "courses.StaffCheck",
    "courses.Submission",
    "courses.SubmissionDraft",
    "courses.SubmissionFile",
    "courses.Supporter",
    "courses.TeamMessage",
    "courses.TeamMessageTo",
    "courses.Voucher",
    "courses.WaitingEntry",
    "courses.WalkIn",
    "users.Consent",
    "users.SignIn",
}
# Rows are added and never change.
APPEND_ONLY = {
    "courses.Certificate",
    "courses.CertificateLogEntry",
    "courses.Edition",
    "courses.EditionPage",
    "courses.LedgerEntry",
    "home.NoticeVersion",
}


def our_models() -> dict[str, type[models.Model]]:
    """The models of our own apps, by label."""
    configs = [c for c in apps.get_app_configs() if c.name.partition(".")[0] in OUR_APPS]
    return {model._meta.label: model for config in configs for model in config.get_models()}


def offered_in_the_admin() -> set[type[models.Model]]:
    """Every model that a viewset, a snippet or a settings form offers."""
    reverse("wagtailadmin_home")  # the registry is filled when the addresses are read
    views = {v.model for v in viewsets.viewsets if isinstance(v, ModelViewSet)}
    return views | set(get_snippet_models()) | set(site_settings)


def test_every_model_is_listed_once() -> None:
    listed = [*EDITOR, *ACTION, *APPEND_ONLY]
    assert sorted(listed) == sorted(our_models())


@pytest.mark.parametrize("label", sorted(ACTION | APPEND_ONLY))
def test_the_admin_offers_no_form_for_what_actions_write(label: str) -> None:
    model = our_models()[label]
    assert model not in offered_in_the_admin()
    assert not issubclass(model, Page)
    assert not [f for f in model._meta.get_fields() if isinstance(f, ParentalKey)]


@pytest.mark.parametrize("label", sorted(EDITOR - OF_WAGTAIL))
def test_editors_can_reach_what_is_theirs(label: str) -> None:
    """A page, something with a form of its own, or a part of one of these."""
    model = our_models()[label]
    offered = offered_in_the_admin()
    parents = [f.related_model for f in model._meta.get_fields() if isinstance(f, ParentalKey)]
    assert any(issubclass(one, Page) or one in offered for one in [model, *parents])


def test_editors_can_reach_pictures_and_documents(admin_client: Client) -> None:
    """Wagtail's own lists of these are in no registry either."""
    for name in ("wagtailimages:index", "wagtaildocs:index"):
        assert admin_client.get(reverse(name)).status_code == 200


def test_administrators_can_reach_people(admin_client: Client) -> None:
    """Wagtail's own list of users is in no registry that could be asked."""
    assert admin_client.get(reverse("wagtailusers_users:index")).status_code == 200


def test_append_only_is_a_promise_of_the_class() -> None:
    promised = {label for label, model in our_models().items() if issubclass(model, AppendOnly)}
    assert promised == APPEND_ONLY


@pytest.mark.parametrize("label", sorted(APPEND_ONLY))
def test_every_manager_of_an_append_only_model_refuses_changes(label: str) -> None:
    model = our_models()[label]
    for manager in model._meta.managers:
        assert isinstance(manager.get_queryset(), AppendOnlyQuerySet)


@pytest.mark.parametrize("label", sorted(APPEND_ONLY))
def test_nothing_that_is_deleted_takes_append_only_rows_with_it(label: str) -> None:
    for field in our_models()[label]._meta.get_fields():
        if isinstance(field, models.ForeignKey):
            assert field.remote_field.on_delete is models.PROTECT, field.name


@pytest.fixture
def history(world: World) -> dict[str, AppendOnly]:
    """One row of every append-only model."""
    found = {
        model._meta.label: model.objects.first()
        for model in (Certificate, CertificateLogEntry, Edition, EditionPage, LedgerEntry, NoticeVersion)
    }
    assert set(found) == APPEND_ONLY
    return found


def _field(row: models.Model) -> str:
    """Some field that could be overwritten, a plain one where there is one."""
    fields = [f for f in row._meta.concrete_fields if not f.primary_key]
    return min(fields, key=lambda field: field.is_relation).name


CHANGES: dict[str, Callable[[Any, Any, str, Any], object]] = {
    "save": lambda rows, row, name, value: row.save(),
    "save some fields": lambda rows, row, name, value: row.save(update_fields=[name]),
    "delete": lambda rows, row, name, value: row.delete(),
    "update all": lambda rows, row, name, value: rows.update(**{name: value}),
    "delete all": lambda rows, row, name, value: rows.all().delete(),
    "delete from the manager": lambda rows, row, name, value: rows.filter(pk=row.pk).delete(),
    "bulk update": lambda rows, row, name, value: rows.bulk_update([row], [name]),
    "update or create": lambda rows, row, name, value: rows.update_or_create(
        pk=row.pk, defaults={name: value}
    ),
    "bulk create over what is there": lambda rows, row, name, value: rows.bulk_create(
        [row], update_conflicts=True, update_fields=[name], unique_fields=["pk"]
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("change", sorted(CHANGES))
@pytest.mark.parametrize("label", sorted(APPEND_ONLY))
def test_append_only_rows_refuse_every_change(
    history: dict[str, AppendOnly], label: str, change: str
) -> None:
    row = history[label]
    model = type(row)
    before = list(model.objects.order_by("pk").values())
    name = _field(row)
    with pytest.raises(AppendOnlyError):
        CHANGES[change](model.objects, row, name, getattr(row, name))
    assert list(model.objects.order_by("pk").values()) == before


WRITES = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "move_to",
}
ONLY_READ = ("courses/web", "courses/queries", "courses/staff/views.py", "courses/templatetags", "search")


@pytest.mark.parametrize("folder", ONLY_READ)
def test_views_and_queries_write_nothing_themselves(folder: str) -> None:
    place = Path(settings.BASE_DIR) / folder
    files = sorted(place.rglob("*.py")) if place.is_dir() else [place]
    assert files
    found = [
        f"{file.name}:{node.lineno} {node.func.attr}"
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES
    ]
    assert found == []
