"""Notices that people rely on: privacy, terms, complaints. What was published stays readable for good.

Every publication of other words is kept as a row of its own, which nobody can change or delete. Why not
Wagtail's revisions: they can be purged and deleted with their page, and they hold drafts as well.
"""

import re
from datetime import date
from typing import Any, ClassVar, cast

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index
from wagtail.url_routing import RouteResult

from cms.core.blocks import PageBodyBlock
from cms.core.models import BasePage
from cms.core.places import Place
from courses.ledger.models import AppendOnly

VERSIONS = "versions"
# A consent keeps the name of the version in twenty letters.
LONGEST_NAME = 20
# The editor numbers paragraphs anew each time.
BLOCK_KEY = re.compile(r' data-block-key="[^"]*"')


class Kind(models.TextChoices):
    """What a notice is about. Other pages link to the first published one of each kind."""

    PRIVACY = "privacy", _("Privacy notice")
    TERMS = "terms", _("Terms of use")
    COMPLAINTS = "complaints", _("Complaints and appeals")
    OTHER = "other", _("Something else")


class NoticeForm(WagtailAdminPageForm):
    """Publishing other words needs a new version; a draft does not."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if self.is_deferred_validation or not self.instance.pk:
            return cleaned
        page = cast(NoticePage, self.instance)
        name = cleaned.get("version") or ""
        same_name = page.versions.filter(name=name).first()
        if same_name is not None and _changed(cleaned, same_name):
            self.add_error(
                "version",
                _("These words differ from what was published as this version. Give it a new name."),
            )
        if same_name is None and page.versions.exists() and not cleaned.get("what_changed"):
            self.add_error(
                "what_changed", _("Say in a sentence or two what is different from the version before.")
            )
        return cleaned


class NoticePage(BasePage):
    """A notice as it holds now, and the way to its earlier versions."""

    kind = models.CharField(
        _("what it is about"),
        max_length=12,
        choices=Kind.choices,
        default=Kind.OTHER,
        help_text=_("Other pages link to the notice of each kind."),
    )
    lead = models.TextField(
        _("in short"), max_length=400, blank=True, help_text=_("The whole notice in a sentence or two.")
    )
    version = models.CharField(
        _("version"),
        max_length=14,
        help_text=_(
            "A short name, best the date: 2026-11-23. Every published change of words needs a new one."
        ),
    )
    valid_from = models.DateField(
        _("valid from"), null=True, help_text=_("The day these words begin to count.")
    )
    what_changed = models.TextField(
        _("what changed"),
        max_length=600,
        blank=True,
        help_text=_("In a sentence or two, for people who know the version before."),
    )
    body = StreamField(
        PageBodyBlock(),
        verbose_name=_("the notice"),
        help_text=_("The full text. Headings help people to find their part."),
    )

    base_form_class = NoticeForm
    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("kind"),
        FieldPanel("lead"),
        FieldPanel("body"),
        MultiFieldPanel(
            [FieldPanel("version"), FieldPanel("valid_from"), FieldPanel("what_changed")], _("This version")
        ),
    ]
    search_fields: ClassVar[list[Any]] = [
        *Page.search_fields,
        index.SearchField("lead"),
        index.SearchField("body"),
    ]
    search_kind = _("Page")
    parent_page_types: ClassVar[list[str]] = ["home.HomePage", "home.InformationPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "home/notice_page.html"

    class Meta:
        verbose_name = _("notice")

    def __str__(self) -> str:
        return str(self.title)

    @classmethod
    def places(cls) -> dict[str, Place]:
        """The first published notice of each kind, with the version that people agree to."""
        found: dict[str, Place] = {}
        for page in cls.objects.live().public().exclude(kind=Kind.OTHER.value).order_by("-path"):
            newest = page.versions.first()
            found[page.kind] = Place(
                page.url or "",
                page.title,
                newest.name if newest else "",
                newest.what_changed if newest else "",
            )
        return found

    @property
    def versions(self) -> Any:
        """What was published, newest first."""
        return NoticeVersion.objects.filter(notice=self.translation_key)

    def keep_version(self) -> "NoticeVersion":
        """Keep the words that are public now. Safe to repeat: the same words are kept once.

        A form asks for a new name when words change. Whatever comes another way gets a number after it.
        """
        newest = self.versions.first()
        words = {"title": self.title, "lead": self.lead, "body": self.body}
        if newest is not None and newest.base_name == self.version and not _changed(words, newest):
            return cast(NoticeVersion, newest)
        used = self.versions.filter(base_name=self.version).count()
        name = f"{self.version} ({used + 1})" if used else self.version
        number = (newest.number if newest else 0) + 1
        slug = slugify(name)
        if not slug or self.versions.filter(slug=slug).exists():
            slug = f"{slug}-{number}".strip("-")
        return NoticeVersion.objects.create(
            notice=self.translation_key,
            number=number,
            base_name=self.version,
            name=name,
            slug=slug,
            # A form lets nobody publish without a day.
            valid_from=cast(date, self.valid_from),
            what_changed=self.what_changed,
            title=self.title,
            lead=self.lead,
            body=self.body,
            published_at=self.last_published_at,
        )

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """The page itself, and below it /versions/<name>/."""
        if self.live and len(path_components) == 2 and path_components[0] == VERSIONS:  # noqa: PLR2004
            return RouteResult(self, kwargs={"version": path_components[1]})
        return super().route(request, path_components)

    def serve(self, request: HttpRequest, *args: Any, version: str = "", **kwargs: Any) -> HttpResponse:
        if not version:
            return cast(HttpResponse, super().serve(request, *args, **kwargs))
        found = self.versions.filter(slug=version).first()
        if found is None:
            raise Http404
        return TemplateResponse(request, "home/notice_version.html", {"notice": self, "version": found})

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["versions"] = list(self.versions.defer("body"))
        return context


class NoticeVersion(AppendOnly):
    """The words of a notice as they were published. `notice` is the page's lasting key, not a key to it:
    a page may go, what people agreed to stays."""

    notice = models.UUIDField()
    number = models.PositiveIntegerField()
    base_name = models.CharField(max_length=14)
    name = models.CharField(max_length=LONGEST_NAME)
    slug = models.SlugField(max_length=50)
    valid_from = models.DateField()
    what_changed = models.TextField(blank=True)
    title = models.CharField(max_length=255)
    lead = models.TextField(blank=True)
    body = StreamField(PageBodyBlock())
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "number"], name="notice_version_number_once"),
            models.UniqueConstraint(fields=["notice", "slug"], name="notice_version_address_once"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.name}"

    @property
    def address(self) -> str:
        """The last part of its address, below the notice."""
        return f"{VERSIONS}/{self.slug}/"


def _changed(words: Any, version: NoticeVersion) -> bool:
    """Whether the words of a page or form differ from a version that was published."""
    ours = (words.get("title"), words.get("lead") or "", plain(words.get("body")))
    return ours != (version.title, version.lead, plain(version.body))


def plain(body: Any) -> Any:
    """The words of a StreamField, without the ids that Wagtail gives to blocks."""
    if body is None:
        return []
    return _without_ids(body.stream_block.get_prep_value(body))


def _without_ids(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_ids(one) for one in value]
    if isinstance(value, dict):
        return {key: _without_ids(one) for key, one in value.items() if key != "id" or "type" not in value}
    return BLOCK_KEY.sub("", value) if isinstance(value, str) else value
