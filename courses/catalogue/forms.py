"""The form of a course: what its accreditation records may not say together."""

from datetime import date
from itertools import combinations
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

OVERLAP = _(
    "Two records of the same body cover the same days. Let the first end before the next begins, or keep "
    "only one of them."
)


class CourseForm(WagtailAdminModelForm):
    """Looks at all accreditation records at once: two new ones do not know of each other."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        records = self.formsets.get("accreditations")
        if records is not None and records.is_valid():
            kept = [form.cleaned_data for form in records.forms if form not in records.deleted_forms]
            spans = [_span(data) for data in kept if data.get("body")]
            if any(overlap(one, other) for one, other in combinations(spans, 2)):
                raise ValidationError(OVERLAP)
        return cleaned


Span = tuple[str, date, date]


def _span(data: dict[str, Any]) -> Span:
    return data["body"], data["valid_from"], data["valid_until"]


def overlap(one: Span, other: Span) -> bool:
    """Whether two records of one body share a day. A body is the same in any case and spacing."""
    same = [" ".join(span[0].casefold().split()) for span in (one, other)]
    return same[0] == same[1] and one[1] <= other[2] and other[1] <= one[2]
