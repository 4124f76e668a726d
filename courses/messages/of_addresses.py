"""What somebody is told whose mail server refuses our e-mails."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.messages import trouble
from courses.messages.kinds import Said, message


@message("address_trouble", _("Our e-mails do not reach you"))
def address_trouble(*, person: Any) -> Said | None:
    """Told on the site alone: an e-mail would not arrive."""
    return Said({}, reverse("account_email")) if trouble.is_stopped(person) else None
