"""The glossary in Wagtail's admin."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import UpdatedAtColumn
from wagtail.snippets.views.snippets import SnippetViewSet

from cms.core.glossary import GlossaryTerm


class GlossaryViewSet(SnippetViewSet):
    """Words and their meanings, with where each is used."""

    model = GlossaryTerm
    icon = "info-circle"
    menu_label = _("Glossary")
    menu_order = 160
    add_to_admin_menu = True
    list_display: Any = ("term", "meaning", UpdatedAtColumn())
    list_per_page = 50
    search_fields = ("term", "other_spellings", "meaning")
    # A word is found while it is typed, whatever search engine the site has.
    search_backend_name = None
    copy_view_enabled = False
