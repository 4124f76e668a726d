"""The end of looking as a learner."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from courses.queries import onlookers


@require_POST
@login_required
def stop(request: HttpRequest) -> HttpResponse:
    """Look as oneself again. Safe to repeat."""
    back = (request.session.get(onlookers.KEY) or {}).get("back")
    onlookers.end(request)
    return redirect(back or "learning:dashboard")
