"""What every page shares, and the settings of a site that staff can edit."""

from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.models import Page, PageViewRestriction

from cms.core.clusters import Cluster
from cms.core.documents import SiteDocument
from cms.core.glossary import GlossaryTerm
from cms.core.images import SiteImage, SiteRendition
from cms.core.menus import SiteNavigation
from cms.core.places import Place, site_roots, url_of
from cms.core.prepared import PreparedRows
from cms.core.reading import Remark

__all__ = [
    "BasePage",
    "GlossaryTerm",
    "SiteDetails",
    "SiteDocument",
    "SiteImage",
    "SiteNavigation",
    "SiteRendition",
    "UnservedPage",
]


class BasePage(Page, Cluster):
    """Every page of this site. Abstract: Wagtail's swappable page model is experimental (ADR 2)."""

    # What a search result of this type is called; pages without a word for it are not searched.
    search_kind: ClassVar[Any] = ""
    # How other pages name the first page of this type: see cms/core/places.py.
    place: ClassVar[str] = ""

    promote_panels: ClassVar[list[Panel]] = [
        MultiFieldPanel(
            [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")],
            _("For search engines"),
        ),
        MultiFieldPanel([FieldPanel("show_in_menus")], _("For the site’s menu")),
    ]

    class Meta:
        abstract = True

    @property
    def search_label(self) -> str:
        """What a search result of this page is called."""
        return str(self.search_kind)

    @property
    def search_excerpt(self) -> str:
        """One sentence about the page for a list of results."""
        return getattr(self, "one_line", "") or getattr(self, "lead", "")

    def own_remarks(self) -> list[Remark]:
        """What editors should look at before publishing, besides the reading of the texts."""
        return []

    @classmethod
    def places(cls) -> dict[str, Place]:
        """The places that pages of this type are."""
        if not cls.place:
            return {}
        page = cls.objects.live().public().order_by("path").first()
        return {cls.place: Place(page.url or "", page.title)} if page is not None else {}

    def _get_site_root_paths(self, cache_object: Any = None, **kwargs: Any) -> Any:
        """As in Wagtail, from this process's memory."""
        return site_roots() if cache_object is None else super()._get_site_root_paths(cache_object, **kwargs)

    @property
    def lasting_url(self) -> str:
        """The one whole address of this page, for search engines and for sharing."""
        return f"{settings.SITE_URL}{url_of(self)}"

    def get_view_restrictions(self) -> Any:
        """As in Wagtail, but in one query: the ancestors are read from the page's own path.

        One before it asks whether there are any at all, which on most sites there are not.
        """
        if not any(_any_restriction()):
            return PageViewRestriction.objects.none()
        if self.alias_of_id:
            return super().get_view_restrictions()
        paths = [self.path[:end] for end in range(self.steplen, len(self.path) + 1, self.steplen)]
        return PageViewRestriction.objects.filter(
            models.Q(page__path__in=paths) | models.Q(page__aliases__path__in=paths)
        ).distinct()

    def get_sitemap_urls(self, request: Any = None) -> list[Any]:
        """The lasting address, whatever host name was asked."""
        if self.url is None:
            return []
        return [{"location": self.lasting_url, "lastmod": self.last_published_at}]


class _One(NamedTuple):
    pk: int


_any_restriction: PreparedRows[_One] = PreparedRows(
    _One, lambda: PageViewRestriction.objects.values_list("pk")[:1]
)


class UnservedPage(BasePage):
    """A page that editors write and preview, but that has no address of its own for the public."""

    class Meta:
        abstract = True

    def route(self, request: Any, path_components: list[str]) -> Any:
        raise Http404

    def serve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        raise Http404

    def get_url_parts(self, request: Any = None) -> tuple[int, None, None] | None:
        """No address: nothing links here, and no site map names it. Wagtail's own form for saying so."""
        parts = super().get_url_parts(request)
        return (parts[0], None, None) if parts else None

    def get_sitemap_urls(self, request: Any = None) -> list[Any]:
        return []


@register_setting(icon="site")
class SiteDetails(BaseSiteSetting):
    """Who runs this site and how to reach them; shown at the foot of every page."""

    organisation = models.CharField(
        max_length=200, blank=True, help_text=_("The name of the organisation that runs this site.")
    )
    contact_email = models.EmailField(blank=True, help_text=_("Where people write for help."))
    contact_phone = models.CharField(
        _("telephone"), max_length=40, blank=True, help_text=_("As people dial it, for example 01632 960123.")
    )
    contact_hours = models.CharField(
        _("when somebody answers"),
        max_length=120,
        blank=True,
        help_text=_("For example: Monday to Friday, 9 to 5."),
    )
    help_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("help page"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Every page links here. Leave empty to use the page below home whose address is “help”."),
    )
    footer_note = models.CharField(max_length=300, blank=True)
    seller_name = models.CharField(
        _("name in law"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("Who sells the places, as it is registered. Empty: the organisation above."),
    )
    seller_address = models.TextField(
        _("registered address"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        help_text=_("One line each."),
    )
    charity_number = models.CharField(
        max_length=60, blank=True, default="", db_default="", help_text=_("If you are a registered charity.")
    )
    company_number = models.CharField(
        max_length=120,
        blank=True,
        default="",
        db_default="",
        help_text=_("If you are a company, with where it is registered: 01234567, England and Wales."),
    )
    vat_number = models.CharField(
        _("VAT registration number"),
        max_length=30,
        blank=True,
        default="",
        db_default="",
        help_text=_("If you are registered for VAT. Leave empty if not: then no price may have VAT in it."),
    )
    bank_details = models.TextField(
        _("account for invoices"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        help_text=_(
            "Where people pay by bank transfer: name of the account, sort code, number. One line each. "
            "Without it nobody can have an invoice."
        ),
    )
    invoice_days = models.PositiveSmallIntegerField(
        _("days to pay an invoice"),
        default=14,
        db_default=14,
        validators=[MinValueValidator(3), MaxValueValidator(90)],
        help_text=_("The place is kept so long, and three days more for the bank."),
    )
    invoices_beside_cards = models.BooleanField(
        _("offer invoices beside cards"),
        default=False,
        db_default=False,
        help_text=_("Without cards they are always offered."),
    )

    panels: ClassVar[list[Panel]] = [
        FieldPanel("organisation"),
        MultiFieldPanel(
            [
                FieldPanel("contact_email"),
                FieldPanel("contact_phone"),
                FieldPanel("contact_hours"),
                FieldPanel("help_page"),
            ],
            _("Help and contact"),
        ),
        FieldPanel("footer_note"),
        MultiFieldPanel(
            [
                FieldPanel("seller_name"),
                FieldPanel("seller_address"),
                FieldPanel("charity_number"),
                FieldPanel("company_number"),
                FieldPanel("vat_number"),
            ],
            _("On receipts and credit notes"),
            help_text=_(
                "These are printed on every new receipt. Those that were printed before stay as they are."
            ),
        ),
        MultiFieldPanel(
            [
                FieldPanel("bank_details"),
                FieldPanel("invoice_days"),
                FieldPanel("invoices_beside_cards"),
            ],
            _("Invoices"),
        ),
    ]

    class Meta:
        verbose_name = _("site details")
