"""Telling people, in a demo, where the e-mails are that it does not send."""

from django import template
from django.conf import settings
from django.urls import reverse

register = template.Library()


@register.inclusion_tag("demo/mailbox_notice.html")
def mailbox_notice() -> dict[str, str]:
    """A notice with the way to the demo's mailbox. Nothing where MAILBOX is off, as on every real site."""
    return {"mailbox_url": reverse("demo:mailbox") if settings.MAILBOX else ""}
