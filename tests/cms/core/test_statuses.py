"""What a page answers that did not do what was asked: one rule for all forms of the site."""

import ast
from pathlib import Path

from django import forms
from django.conf import settings

from cms.core import statuses
from cms.core.statuses import MISTAKE, REFUSED, refuse, status_of


class NameForm(forms.Form):
    name = forms.CharField()


def test_a_form_that_is_shown_first_is_fine_and_one_with_a_mistake_is_not() -> None:
    assert status_of(NameForm()) == 200
    assert status_of(NameForm({"name": ""})) == MISTAKE == 422


def test_what_an_action_refuses_is_no_mistake_of_the_form() -> None:
    form = NameForm({"name": "Ada"})
    assert form.is_valid()
    refuse(form, None, "The group is full.")
    assert form.non_field_errors() == ["The group is full."]
    assert status_of(form) == REFUSED == 409


def test_no_other_file_writes_these_numbers() -> None:
    """Views take them from here, so that the rule is written in one place."""
    root = Path(settings.BASE_DIR)
    own = Path(statuses.__file__)
    found = []
    for file in [*root.glob("cms/**/*.py"), *root.glob("courses/**/*.py"), *root.glob("home/**/*.py")]:
        if file == own:
            continue
        numbers = (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Constant))
        found += [f"{file}:{node.lineno}" for node in numbers if node.value in (MISTAKE, REFUSED)]
    assert found == []
