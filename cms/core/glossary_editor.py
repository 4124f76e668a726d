"""How an editor marks a word: the button in the editor, and the two forms a marked word is kept in."""

from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from draftjs_exporter.dom import DOM
from wagtail.admin.rich_text.converters.html_to_contentstate import LinkElementHandler
from wagtail.admin.rich_text.editors.draftail.features import EntityFeature

from cms.core.glossary import GlossaryTerm
from cms.core.glossary_words import GlossaryLinkHandler

FEATURE = "glossary"
TYPE = "GLOSSARY"


class GlossaryElementHandler(LinkElementHandler):
    """From the database into the editor: the number of the word, and its name for the label."""

    def get_attribute_data(self, attrs: dict[str, Any]) -> dict[str, Any]:
        term_id = str(attrs.get("id", ""))
        term = GlossaryTerm.objects.filter(pk=term_id).first() if term_id.isdecimal() else None
        return {"id": term.pk, "term": term.term, "meaning": term.meaning} if term else {"id": term_id}


def marked_word(props: dict[str, Any]) -> Any:
    """From the editor into the database."""
    return DOM.create_element("a", {"linktype": "glossary", "id": props.get("id")}, props["children"])


def register(features: Any) -> None:
    """Tell Wagtail about the feature “glossary”."""
    features.register_link_type(GlossaryLinkHandler)
    features.register_editor_plugin(
        "draftail",
        FEATURE,
        EntityFeature(
            {
                "type": TYPE,
                "icon": "info-circle",
                "description": _("Glossary word"),
                "chooserUrls": {"glossary": reverse_lazy("wagtailsnippetchoosers_core_glossaryterm:choose")},
                "words": {"missing": _("This word is no longer in the glossary.")},
            },
            js=["wagtailadmin/js/chooser-modal.js", "js/glossary-editor.js"],
        ),
    )
    features.register_converter_rule(
        "contentstate",
        FEATURE,
        {
            "from_database_format": {'a[linktype="glossary"]': GlossaryElementHandler(TYPE)},
            "to_database_format": {"entity_decorators": {TYPE: marked_word}},
        },
    )
