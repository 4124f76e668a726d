from typing import Any

from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"

    def ready(self) -> None:
        from wagtail.signals import page_published

        from home.notices import NoticePage

        page_published.connect(keep_version, sender=NoticePage, dispatch_uid="notice-versions")


def keep_version(*, instance: Any, **kwargs: Any) -> None:
    """Keep the words of a notice as they are published, whichever way that happened."""
    instance.keep_version()
