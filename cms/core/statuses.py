"""What a page answers when it did not do what was asked. The page itself says why, with what was typed.

The one rule of the site: what a form finds by itself is a mistake in what was sent (422). What an action
refuses is no mistake of the form: the state of things stands in the way (409), such as a full group, another
person who was quicker, or a rule that only the action knows. Pages of other makers (signing in, Wagtail's own
forms) answer 200 with their mistakes, as their makers chose.
"""

from django.forms import BaseForm

# The form has a mistake. Sent again as it is, it can never work.
MISTAKE = 422
# The state of things refuses. Sent again as it is, it may work another day.
REFUSED = 409


def refuse(form: BaseForm, field: str | None, sentence: str) -> None:
    """Say at a form that an action refused what it asked for; `field` None: it is about no single field."""
    form.add_error(field, sentence)
    form.is_refused = True  # type: ignore[attr-defined]


def status_of(form: BaseForm) -> int:
    """What a page answers that shows this form: for the first time, with its mistakes, or refused."""
    if not form.is_bound:
        return 200
    return REFUSED if getattr(form, "is_refused", False) else MISTAKE
