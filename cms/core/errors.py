"""Pages for what went wrong: each says what happened and what to do next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old, or came from elsewhere. The reason is for developers and stays out."""
    return render(request, "403_csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our own fault. Asks nothing of the database: it may be what is broken."""
    from cms.core.templatetags.navigation import kept_details

    try:
        contact = kept_details().contact_email
    except Exception:  # noqa: BLE001 - whatever is broken, this page must be drawn
        contact = ""
    return HttpResponse(render_to_string("500.html", {"contact_email": contact}), status=500)
