"""One view of each kind that a site needs, with nothing in it that could be left out."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.decorators.cache import cache_page
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from bench.floor import certificate as certificates
from bench.floor.models import Answer, Text

PAGE = "<!doctype html><title>Floor</title>" + "x" * 30_000
FIVE_MINUTES = 300


def empty(request: HttpRequest) -> HttpResponse:
    """Answer at once."""
    return HttpResponse("empty")


def whole_page(request: HttpRequest) -> HttpResponse:
    """Answer 30 kB; reached through a page cache only."""
    return HttpResponse(PAGE)


def public(request: HttpRequest) -> HttpResponse:
    """Show one row to anybody."""
    return render(request, "floor/public.html", {"text": Text.objects.get(pk=1)})


@login_required
def user(request: HttpRequest) -> HttpResponse:
    """Show one row to somebody who has signed in."""
    return render(request, "floor/user.html", {"text": Text.objects.get(pk=1)})


@login_required
def staff(request: HttpRequest) -> HttpResponse:
    """An empty page of Wagtail's admin: its menu, its head, its sprite, and nothing else."""
    return render(request, "wagtailadmin/generic/base.html", {"page_title": "Floor", "header_title": "Floor"})


@login_required
def save(request: HttpRequest) -> HttpResponse:
    """Keep one answer of somebody who has signed in."""
    answer = Answer(
        person_id=request.user.pk,
        slot=int(request.POST["slot"]),
        choice=int(request.POST["choice"]),
    )
    Answer.objects.bulk_create(
        [answer],
        update_conflicts=True,
        unique_fields=["person_id", "slot"],
        update_fields=["choice"],
    )
    return HttpResponse("saved")


def certificate(request: HttpRequest, number: int) -> HttpResponse:
    """Draw a certificate that is like no other."""
    return HttpResponse(certificates.draw(number), content_type="application/pdf")


urlpatterns = [
    path("empty/", empty),
    path("cached/", cache_page(FIVE_MINUTES)(whole_page)),
    path("cached-shared/", cache_page(FIVE_MINUTES, cache="shared")(whole_page)),
    path("public/", public),
    path("user/", user),
    path("staff/", staff),
    path("admin/", include(wagtailadmin_urls)),
    path("save/", save),
    path("certificate/<int:number>/", certificate),
    path("", include(wagtail_urls)),
]
