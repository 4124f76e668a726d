"""Publishing an edition of a course, and the list of its editions."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages as wagtail_messages

from cms.core.statuses import MISTAKE, REFUSED
from courses.actions import editions
from courses.actions.editions import ChangedMeanwhile, PublicationRefused
from courses.catalogue.models import Edition
from courses.catalogue.pages import CoursePage
from courses.queries import not_in_force, preparing
from courses.queries.editions import editions_of

START_YOURSELF = gettext_lazy("You can start a cohort on it now, or open a new one from an earlier cohort.")
START_BY_OTHERS = gettext_lazy(
    "Administrators start cohorts, under Learning, Cohorts. Please tell one of them."
)


class NoteForm(forms.Form):
    """What the editor says about an edition. `seen` is what they looked at before they pressed."""

    note = forms.CharField(
        label=gettext_lazy("What changed, and why"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy(
            "A sentence or two for people who wonder later. It is kept with the edition and never changes."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
def publish_edition(request: HttpRequest, page: int) -> HttpResponse:
    """Say what the next edition would hold, what is missing and what it changes (GET); ask once more
    (POST with `ask`); publish it (POST).
    """
    course_page = _course_page(page)
    if not course_page.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    if request.method == "POST":
        form = NoteForm(request.POST)
        if form.is_valid() and request.POST.get("ask") == "yes":
            return _ask(request, course_page, form)
        if form.is_valid():
            return _publish(request, course_page, form.cleaned_data)
        return _show(request, course_page, form, status=MISTAKE)
    return _show(request, course_page, NoteForm())


def tell_what_waits(request: HttpRequest, page: Any) -> None:
    """After a page of a course was published: what of it holds from the next edition on, with the way."""
    found = not_in_force.of(page=page, at=timezone.now())
    if found is None:
        return
    may_publish = found.course_page.permissions_for_user(request.user).can_publish()
    name, label = ("publish_edition", _("Publish an edition")) if may_publish else ("editions", _("Editions"))
    button = wagtail_messages.button(reverse(f"staff:{name}", args=[found.course_page.pk]), label)
    wagtail_messages.info(request, found.sentence, buttons=[button])


def _course_page(pk: int) -> CoursePage:
    page: CoursePage = get_object_or_404(CoursePage.objects.select_related("course"), id=pk)
    return page


def _show(request: HttpRequest, course_page: CoursePage, form: NoteForm, status: int = 200) -> HttpResponse:
    found = preparing.preparation(course_page=course_page, at=timezone.now())
    form.initial["seen"] = found.fingerprint
    context = {
        "course_page": course_page,
        "prepared": found,
        "form": form,
        **_header(_("Publish an edition"), course_page),
    }
    return render(request, "courses/staff/publish_edition.html", context, status=status)


def _ask(request: HttpRequest, course_page: CoursePage, form: NoteForm) -> HttpResponse:
    """What publishing means, before it is done."""
    context = {
        "course_page": course_page,
        "said": form.cleaned_data,
        "prepared": preparing.preparation(course_page=course_page, at=timezone.now()),
        **_header(_("Publish an edition"), course_page),
    }
    return render(request, "courses/staff/publish_edition_ask.html", context)


def _header(title: str, course_page: CoursePage) -> dict[str, Any]:
    """What the top of the page says."""
    return {
        "header_title": title,
        "page_title": title,
        "page_subtitle": course_page.title,
        "header_icon": "success",
    }


def _publish(request: HttpRequest, course_page: CoursePage, said: dict[str, Any]) -> HttpResponse:
    before = Edition.objects.filter(course=course_page.course).count()
    try:
        edition = editions.publish(
            course_page=course_page,
            by=request.user,
            at=timezone.now(),
            note=said["note"],
            seen=said["seen"],
        )
    except PublicationRefused as refused:
        messages.error(request, refused.sentence)
        return redirect("staff:publish_edition", course_page.pk)
    except ChangedMeanwhile as refused:
        messages.warning(request, refused.sentence)
        return _show(request, course_page, NoteForm(initial={"note": said["note"]}), status=REFUSED)
    if edition.number == before:
        messages.info(
            request, _("Nothing has changed since edition %d, so there is no new one.") % edition.number
        )
    else:
        _say_what_is_next(request, edition)
    return redirect("staff:editions", course_page.pk)


def _say_what_is_next(request: HttpRequest, edition: Edition) -> None:
    """An edition does nothing by itself: somebody must start a cohort on it."""
    done = (
        _("Edition %d is published. New cohorts can use it; cohorts under way keep theirs.") % edition.number
    )
    if request.user.has_perm("courses.add_cohort"):
        button = wagtail_messages.button(reverse("cohort:add"), _("New cohort"))
        wagtail_messages.success(request, f"{done} {START_YOURSELF}", buttons=[button])
    else:
        messages.success(request, f"{done} {START_BY_OTHERS}")


@require_http_methods(["GET", "HEAD"])
def list_editions(request: HttpRequest, page: int) -> HttpResponse:
    """Every edition of a course: what it holds, what changed and why, and who learns by it."""
    course_page = _course_page(page)
    if not course_page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    context = {
        "course_page": course_page,
        "editions": editions_of(course_page.course),
        "may_start": request.user.has_perm("courses.add_cohort"),
        "may_publish": course_page.permissions_for_user(request.user).can_publish(),
        **_header(_("Editions"), course_page),
    }
    return render(request, "courses/staff/editions.html", context)
