from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "cms.core"
    label = "core"

    def ready(self) -> None:
        from django.db.models import signals as rows  # noqa: TID251 - Wagtail tells of these in no other way
        from wagtail import signals
        from wagtail.models import PageViewRestriction, Site

        from cms.core import checks, page_cache  # noqa: F401
        from cms.core.templatetags import navigation

        for changed in (signals.page_published, signals.page_unpublished, signals.post_page_move):
            changed.connect(navigation.forget, dispatch_uid="navigation")
            changed.connect(page_cache.forget_pages, dispatch_uid="page-cache")
        for model in (Site, PageViewRestriction):
            for row in (rows.post_save, rows.post_delete):
                row.connect(navigation.forget, sender=model, dispatch_uid=f"navigation-{model.__name__}")
                row.connect(page_cache.forget_pages, sender=model, dispatch_uid=f"pages-{model.__name__}")
