from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "cms.core"
    label = "core"

    def ready(self) -> None:
        from wagtail import signals

        from cms.core import checks, page_cache  # noqa: F401
        from cms.core.templatetags import navigation

        for changed in (signals.page_published, signals.page_unpublished, signals.post_page_move):
            changed.connect(navigation.forget, dispatch_uid="navigation")
            changed.connect(page_cache.forget_pages, dispatch_uid="page-cache")
