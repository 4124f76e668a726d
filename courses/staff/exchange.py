"""Sharing whole courses between sites: a file to take away, and a file to bring in."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cms.core.statuses import MISTAKE
from courses.catalogue.pages import CoursePage
from courses.exchange import importing
from courses.exchange.exporting import export_course
from courses.exchange.format import CourseFileRefused

# The file holds every question with its right answers.
MAY_EXPORT = "courses.change_question"


class CourseFileForm(forms.Form):
    """A course file, and the code it shall have here."""

    file = forms.FileField(
        label=gettext_lazy("Course file"),
        help_text=gettext_lazy("A file that was made with “Export” on a course page. It ends in .zip."),
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
    )
    code = forms.CharField(
        label=gettext_lazy("Code of the course here"),
        required=False,
        max_length=20,
        help_text=gettext_lazy(
            "Leave empty to keep the code in the file. To bring in a second copy, give a new code."
        ),
    )


@require_http_methods(["GET", "HEAD"])
def export(request: HttpRequest, page: int) -> HttpResponse:
    """The whole course as one file."""
    course_page = get_object_or_404(CoursePage.objects.select_related("course"), id=page)
    may_edit = course_page.permissions_for_user(request.user).can_edit()
    if not may_edit or not request.user.has_perm(MAY_EXPORT):
        raise PermissionDenied
    response = HttpResponse(export_course(course_page), content_type="application/zip")
    name = slugify(course_page.course.code) or "course"
    response["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def import_course(request: HttpRequest) -> HttpResponse:
    """Explain and ask for a file (GET); check it, or bring it in (POST)."""
    if not importing.may_import(request.user):
        raise PermissionDenied
    if request.method != "POST":
        return _show(request, CourseFileForm())
    form = CourseFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, form, status=MISTAKE)
    do = importing.check if request.POST.get("do") == "check" else importing.import_course
    try:
        found = do(file=form.cleaned_data["file"], code=form.cleaned_data["code"], by=request.user)
    except CourseFileRefused as refused:
        return _show(request, form, refused=refused.remarks, status=MISTAKE)
    return _show(request, form, found=found)


def _show(request: HttpRequest, form: CourseFileForm, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "form": form,
        "header_title": _("Import a course"),
        "page_title": _("Import a course"),
        "header_icon": "download",
        **more,
    }
    return render(request, "courses/staff/import_course.html", context, status=status)
