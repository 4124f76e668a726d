"""The accessibility statement has all its sections, and says when its review is late."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from cms.users.models import User
from home.models import AccessibilityStatementPage
from tests.factories import pages
from tests.factories.pages import TODAY

DUE = TODAY + timedelta(days=365)
SignIn = Callable[[Any], Client]


@pytest.fixture
def statement(db: None) -> AccessibilityStatementPage:
    barrier = {"why": "standard", "what": "Old films", "text": "<p>They have no words.</p>", "mended_by": DUE}
    return pages.statement(barriers=[("barrier", barrier)], answer_days=5, tested_on=TODAY)


@time_machine.travel(DUE)
def test_every_section_of_the_model_statement_is_there(
    statement: AccessibilityStatementPage, client: Client
) -> None:
    body = client.get(statement.url).content.decode()
    for words in (
        "What this statement is about",
        "How accessible this site is",
        "What is not accessible, and why",
        "Where we do not meet the standard",
        "Old films",
        "If you need something in another form",
        "Tell us about a problem",
        "We answer within 5 working days.",
        "If you are not happy with our answer",
        "Status: Partially compliant.",
        "version 2.2, level AA",
        "How we tested",
        "This statement was prepared on 23 November 2026.",
        "The next review is due on 23 November 2027.",
    ):
        assert words in body, words
    assert "Disproportionate burden" not in body
    assert "This review is late" not in body


@time_machine.travel(DUE + timedelta(days=1))
def test_a_late_review_is_said_to_readers_and_editors(
    statement: AccessibilityStatementPage, client: Client, ed: User, sign_in: SignIn
) -> None:
    assert "This review is late" in client.get(statement.url).content.decode()
    editor = sign_in(ed)
    assert "was due for a review on 23 November 2027" in editor.get("/admin/").content.decode()
    edit = reverse("wagtailadmin_pages:edit", args=[statement.pk])
    assert "The review of this statement is overdue" in editor.get(edit).content.decode()


@time_machine.travel(DUE)
def test_a_review_that_is_not_late_bothers_nobody(
    statement: AccessibilityStatementPage, ed: User, sign_in: SignIn
) -> None:
    editor = sign_in(ed)
    assert "was due for a review" not in editor.get("/admin/").content.decode()
    edit = reverse("wagtailadmin_pages:edit", args=[statement.pk])
    assert "is overdue" not in editor.get(edit).content.decode()


@time_machine.travel(DUE + timedelta(days=1))
def test_who_may_not_edit_the_statement_is_not_told(
    statement: AccessibilityStatementPage, fay: User, sign_in: SignIn
) -> None:
    assert "was due for a review" not in sign_in(fay).get("/admin/", follow=True).content.decode()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"reviewed_on": TODAY - timedelta(days=1)}, "reviewed_on"),
        ({"review_due_on": TODAY}, "review_due_on"),
    ],
)
def test_dates_that_cannot_be_are_refused(
    statement: AccessibilityStatementPage, fields: dict[str, date], wrong: str
) -> None:
    for name, value in fields.items():
        setattr(statement, name, value)
    with pytest.raises(ValidationError) as refused:
        statement.full_clean()
    assert wrong in refused.value.message_dict
