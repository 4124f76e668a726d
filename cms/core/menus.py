"""The site's menus, which editors write in Wagtail: the one at the top and the groups at the foot."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, HelpPanel, Panel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField

# What an address may begin with: a path of this site, or a page, an e-mail or a telephone elsewhere.
BEGINNINGS = ("/", "https://", "http://", "mailto:", "tel:")


class LinkBlock(blocks.StructBlock):
    """A link of a menu: to a page of this site, or to an address."""

    page = blocks.PageChooserBlock(label=_("Page"), required=False)
    address = blocks.CharBlock(
        label=_("Or an address"),
        required=False,
        max_length=300,
        help_text=_("Only when it is not a page of this site. It begins with https:// or with /."),
    )
    words = blocks.CharBlock(
        label=_("Words of the link"),
        required=False,
        max_length=40,
        help_text=_("Leave empty for the title of the page."),
    )

    class Meta:
        icon = "link"
        label = _("Link")

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        errors = {}
        address = cleaned["address"]
        if bool(cleaned["page"]) == bool(address):
            errors["page"] = ValidationError(_("Choose a page or give an address: one of the two."))
        if address and (not address.startswith(BEGINNINGS) or address.startswith("//")):
            errors["address"] = ValidationError(_("An address begins with https:// or with one /."))
        if address and not cleaned["words"]:
            errors["words"] = ValidationError(_("An address needs words that say where it leads."))
        if errors:
            raise blocks.StructBlockValidationError(block_errors=errors)
        return cleaned


class LinkGroupBlock(blocks.StructBlock):
    """A heading at the foot of every page, and the links below it."""

    title = blocks.CharBlock(label=_("Heading"), max_length=40)
    links = blocks.ListBlock(LinkBlock(), label=_("Links"))

    class Meta:
        icon = "list-ul"
        label = _("Group of links")


@register_setting(icon="list-ul", order=20)
class SiteNavigation(BaseSiteSetting):
    """The links of the menu and of the foot. While a menu is empty, pages marked for menus fill it."""

    main_menu = StreamField(
        [("link", LinkBlock())],
        blank=True,
        max_num=6,
        verbose_name=_("menu at the top"),
        help_text=_("Six links at most. The search is always there."),
    )
    footer = StreamField(
        [("group", LinkGroupBlock())],
        blank=True,
        max_num=4,
        verbose_name=_("links at the foot"),
        help_text=_("Groups of links. Help and contact are always there, in the same place on every page."),
    )

    panels: ClassVar[list[Panel]] = [
        HelpPanel(
            content=_(
                "A page that is not published, or that only some people may see, is left out of the menus "
                "by itself. Leave a menu empty, and it shows the pages right below the home page."
            )
        ),
        FieldPanel("main_menu"),
        FieldPanel("footer"),
    ]

    class Meta:
        verbose_name = _("menus")
