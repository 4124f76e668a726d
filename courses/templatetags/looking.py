"""The banner that staff see on every page while they look as a learner."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from courses.queries import onlookers
from courses.web.lens import Lens

register = template.Library()


@register.simple_tag(takes_context=True)
def looking_banner(context: Any) -> SafeString | str:
    """As whom and at what somebody looks, and the way out; nothing for everybody else. No query."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return ""
    ends_at = onlookers.ends_at(request)
    if ends_at is None or timezone.now() >= ends_at:
        return ""
    lens: Lens | None = getattr(request, "lens", None)
    activity = (request.resolver_match.kwargs if request.resolver_match else {}).get("activity", 0)
    shown = {
        "sight": lens.sight if lens else None,
        "quiz_page": lens.sight.quiz_page(activity) if lens else None,
        "ends_at": ends_at,
        "request": request,
    }
    return render_to_string("components/looking_banner.html", shown, request=request)
