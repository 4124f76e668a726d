"""How allauth behaves here: addresses on the configured host, and safe ways on."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.utils.http import url_has_allowed_host_and_scheme


def on_this_site(url: str) -> str:
    """The same path on the configured host, whatever host the request claimed to be for."""
    parts = urlsplit(url)
    return settings.SITE_URL + parts.path + (f"?{parts.query}" if parts.query else "")


class AccountAdapter(DefaultAccountAdapter):
    """Links in e-mails never take their host from the request, which anybody can forge."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        links = {key: on_this_site(url) for key, url in context.items() if key.endswith("_url") and url}
        super().send_mail(template_prefix, email, {**context, **links, "site_name": settings.SITE_NAME})

    def is_safe_url(self, url: str | None) -> bool:
        """Only paths of this site: no other host, no scheme, no trick with slashes."""
        if not url or not url.startswith("/") or url.startswith(("//", "/\\")):
            return False
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)
