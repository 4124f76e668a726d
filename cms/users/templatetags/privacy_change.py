"""Telling people that the privacy notice is not the one they agreed to. No query: both are at hand."""

from typing import Any

from django import template

from cms.core import places

register = template.Library()


@register.inclusion_tag("account/privacy_change.html", takes_context=True)
def privacy_change(context: Any) -> dict[str, Any]:
    """A notice for whoever agreed to an older one. Nobody is locked out."""
    request = context.get("request")
    user = getattr(request, "user", None)
    notice = places.find("privacy")
    if user is None or not user.is_authenticated or notice is None or not notice.version:
        return {"notice": None}
    is_older = user.privacy_version not in ("", notice.version)
    return {"notice": notice if is_older else None, "csrf_token": context.get("csrf_token")}
