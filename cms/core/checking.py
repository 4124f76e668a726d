"""What would trouble a reader, shown to editors beside the page they write, and for all pages at once."""

from collections import Counter, OrderedDict
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from wagtail.admin.views.reports import PageReportView
from wagtail.models import Page
from wagtail.permissions import policy_registry

from cms.core import page_remarks, reading
from cms.core.spreadsheets import safe_cell


def may_change_pages(user: Any) -> bool:
    """Whether this person may change any page at all."""
    policy = policy_registry.get_by_type(Page)
    return bool(policy.user_has_any_permission(user, ["add", "change", "publish"]))


@require_safe
def remarks_of_page(request: HttpRequest, page: int) -> HttpResponse:
    """The remarks on the newest draft of one page: a part of a page, for the editor's Checks panel."""
    found = get_object_or_404(Page, pk=page)
    if not found.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    draft = found.get_latest_revision_as_object()
    context = {"remarks": page_remarks.remarks_on(draft), "measure": page_remarks.measure(draft)}
    answer = render(request, "reading/remarks.html", context)
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


@dataclass
class Row:
    """One page of the report."""

    page: Page

    @cached_property
    def remarks(self) -> list[reading.Remark]:
        return page_remarks.remarks_on(self.page)

    @property
    def title(self) -> str:
        return str(self.page.get_admin_display_title())

    @property
    def kind(self) -> str:
        return str(self.page._meta.verbose_name).capitalize()

    @cached_property
    def reading_age(self) -> int | None:
        return page_remarks.measure(self.page).age

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How often each kind of remark was made."""
        return list(Counter(remark.kind_label for remark in self.remarks).items())

    @property
    def sentences(self) -> str:
        """All remarks in one cell, one a line."""
        return "\n".join(
            f"{remark.where}: {remark.sentence}" + (f" “{remark.excerpt}”" if remark.excerpt else "")
            for remark in self.remarks
        )


class ReadersReport(PageReportView):
    """Every page that this editor may change, and what would trouble its readers. Live words, not drafts."""

    page_title = _("What readers meet")
    header_icon = "glasses"
    index_url_name = "reading:report"
    index_results_url_name = "reading:report_results"
    results_template_name = "reading/report_results.html"
    any_permission_required = ("add", "change", "publish")
    paginate_by = 25
    export_filename = "what-readers-meet"
    list_export = ("title", "kind", "reading_age", "sentences")
    export_headings = {
        "title": _("Page"),
        "kind": _("What it is"),
        "reading_age": _("Reading age"),
        "sentences": _("What would trouble a reader"),
    }

    def get_queryset(self) -> Any:
        may_change = self.permission_policy.instances_user_has_permission_for(self.request.user, "change")
        self.queryset = may_change.filter(depth__gt=1).order_by("path")
        return super().get_queryset()

    def decorate_paginated_queryset(self, object_list: Any) -> list[Row]:
        return [Row(page) for page in object_list.specific()]

    def to_row_dict(self, item: Row) -> OrderedDict[str, object]:
        return OrderedDict((name, safe_cell(getattr(item, name))) for name in self.list_export)
