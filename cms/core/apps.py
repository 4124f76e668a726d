from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "cms.core"
    label = "core"

    def ready(self) -> None:
        from wagtail import signals  # noqa: PLC0415

        from cms.core import checks  # noqa: F401, PLC0415
        from cms.core.templatetags import navigation  # noqa: PLC0415

        for changed in (signals.page_published, signals.page_unpublished, signals.post_page_move):
            changed.connect(navigation.forget, dispatch_uid="navigation")
