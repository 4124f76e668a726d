"""What the core adds to Wagtail's admin."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet

from cms.core import checking, components, frames, glossary_editor, glossary_words, page_cache
from cms.core.glossary import GlossaryTerm
from cms.core.rich_text import KeptPageLinkHandler
from cms.core.templatetags import navigation
from cms.core.viewsets import GlossaryViewSet

register_snippet(GlossaryViewSet)


@hooks.register("after_edit_setting")
def forget_site_details(request: HttpRequest, instance: Any) -> None:
    """The foot of every page shows the new details at once."""
    navigation.forget()
    page_cache.forget_pages()


@hooks.register("register_rich_text_features", order=10)
def keep_page_links(features: Any) -> None:
    """Draw links to pages with few queries."""
    features.register_link_type(KeptPageLinkHandler)


@hooks.register("register_rich_text_features")
def words_can_be_marked(features: Any) -> None:
    """Mark a word, and its meaning opens beside it."""
    glossary_editor.register(features)


@hooks.register("before_delete_snippet")
def keep_words_that_are_used(request: HttpRequest, instances: list[Any]) -> HttpResponse | None:
    """Say where a word is used instead of leaving texts without its meaning."""
    words = [one for one in instances if isinstance(one, GlossaryTerm)]
    refusals = [refusal for word in words if (refusal := word.deletion_refusal())]
    if not refusals:
        return None
    for refusal in refusals:
        messages.error(request, refusal)
    return redirect(reverse("wagtailsnippets_core_glossaryterm:list"))


@hooks.register("after_create_snippet")
@hooks.register("after_edit_snippet")
@hooks.register("after_delete_snippet")
def show_new_meanings(request: HttpRequest, changed: Any) -> None:
    """A changed meaning is on the public pages at once."""
    first = changed[0] if isinstance(changed, list | tuple) and changed else changed
    if isinstance(first, GlossaryTerm):
        glossary_words.forget_meanings()
        page_cache.forget_pages()


@hooks.register("on_serve_page")
def let_players_in(serve: Any) -> Any:
    """A public page that holds a video may show its player; every other page shows no frames."""

    def served(page: Any, request: HttpRequest, args: Any, kwargs: Any) -> Any:
        response = serve(page, request, args, kwargs)
        frames.allow_players_of(response, page)
        return response

    return served


@hooks.register("register_admin_urls")
def reading_pages() -> list[Any]:
    """What would trouble a reader: of one page, and of all."""
    pages = [
        path("<int:page>/", checking.remarks_of_page, name="remarks"),
        path("report/", checking.ReadersReport.as_view(), name="report"),
        path("report/results/", checking.ReadersReport.as_view(results_only=True), name="report_results"),
    ]
    return [
        path("reading/", include((pages, "reading"))),
        path("components/", components.components_page, name="components"),
    ]


class EditorsMenuItem(MenuItem):
    """Only shown to people who may change a page."""

    def is_shown(self, request: HttpRequest) -> bool:
        return checking.may_change_pages(request.user)


@hooks.register("register_reports_menu_item")
def readers_report() -> MenuItem:
    """The way to the report of all pages."""
    return EditorsMenuItem(
        _("What readers meet"), reverse("reading:report"), name="readers", icon_name="glasses", order=600
    )


@hooks.register("register_help_menu_item")
def components_in_the_menu() -> MenuItem:
    """The way to the page of components, under Help."""
    return MenuItem(_("Components"), reverse("components"), name="components", icon_name="grid", order=900)


@hooks.register("insert_editor_js")
def reader_remarks_script() -> SafeString:
    """Fetches the remarks after every save."""
    return format_html('<script src="{}" defer></script>', static("js/reader-remarks.js"))


@hooks.register("insert_global_admin_css")
def admin_style() -> SafeString:
    """The look of what this site adds to the admin."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))
