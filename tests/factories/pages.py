"""Pages of the site that are not part of a course."""

from datetime import date, timedelta
from typing import Any

from home.models import AccessibilityStatementPage, NoticePage
from tests.factories import courses as build

WORDS = "<p>Words that everybody may read.</p>"
TODAY = date(2026, 11, 23)


def notice(**fields: Any) -> NoticePage:
    """A published privacy notice, its first version kept."""
    page = build._add(
        build.home(),
        NoticePage(
            **{
                "title": "Privacy",
                "slug": "privacy",
                "kind": "privacy",
                "version": "1",
                "valid_from": TODAY,
                "body": [("paragraph", WORDS)],
                **fields,
            }
        ),
    )
    page.save_revision().publish()
    page.refresh_from_db()
    return page


def statement(**fields: Any) -> AccessibilityStatementPage:
    """A published accessibility statement."""
    words = ("commitment", "scope", "how_accessible", "other_forms", "reporting", "enforcement", "how_tested")
    return build._add(
        build.home(),
        AccessibilityStatementPage(
            **{
                "title": "Accessibility statement",
                "slug": "accessibility",
                "prepared_on": TODAY,
                "reviewed_on": TODAY,
                "review_due_on": TODAY + timedelta(days=365),
                **dict.fromkeys(words, WORDS),
                **fields,
            }
        ),
    )
