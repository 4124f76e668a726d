"""What `manage.py check` says about this installation."""

from typing import Any

from django.conf import settings
from django.core.checks import Warning as CheckWarning
from django.core.checks import register


@register(deploy=True)
def one_public_address(app_configs: Any, **kwargs: Any) -> list[CheckWarning]:
    """Certificates carry the site's address for ever, so it must be a real one."""
    if settings.SITE_HOST.startswith(("localhost", "127.", "testserver")):
        return [
            CheckWarning(
                "SITE_HOST is a local address, and it is printed on certificates.",
                hint="Set SITE_HOST to the public host name of the site.",
                id="core.W001",
            )
        ]
    return []
