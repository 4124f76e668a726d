"""The plain pages of the demo: information, notices and the accessibility statement, from content/pages."""

from datetime import date
from typing import Any

from wagtail.models import Page, Site

from cms.core.models import SiteDetails, SiteNavigation
from home.demo.text import Blocks, Text
from home.models import AccessibilityStatementPage, InformationPage, NoticePage

MODELS: dict[str, type[Page]] = {
    "information": InformationPage,
    "notice": NoticePage,
    "accessibility": AccessibilityStatementPage,
}
WORDS = (
    "commitment",
    "scope",
    "how_accessible",
    "other_forms",
    "reporting",
    "enforcement",
    "technical",
    "how_tested",
    "improvements",
)
DATES = ("prepared_on", "reviewed_on", "review_due_on")
# The words of a link, where the title of its page is too long for a menu.
MENU = {"courses": "", "research": "", "groups": "Groups", "about": ""}


def model_of(text: Text) -> type[Page]:
    """Which type of page a text is for."""
    return MODELS[text.about.get("type", "information")]


def first_fields(text: Text) -> dict[str, Any]:
    """What a page must have before it is filled."""
    model = model_of(text)
    if model is NoticePage:
        return {"valid_from": text.about["valid_from"]}
    return {name: text.about[name] for name in DATES} if model is AccessibilityStatementPage else {}


def fields(text: Text, blocks: Blocks) -> dict[str, Any]:
    """Everything that a text says about its page."""
    model, about = model_of(text), text.about
    lead = about.get("lead", "").strip()
    found: dict[str, Any] = {"title": about["title"], "lead": lead, "search_description": lead[:150]}
    if model is AccessibilityStatementPage:
        return found | _statement(about, blocks)
    found["body"] = blocks.blocks(text.body, name=text.path.name)
    if model is NoticePage:
        for name in ("kind", "version", "valid_from"):
            found[name] = about[name]
        found["what_changed"] = about.get("what_changed", "").strip()
    return found


def _statement(about: dict[str, Any], blocks: Blocks) -> dict[str, Any]:
    barriers = [
        ("barrier", {"why": b["why"], "what": b["what"], "text": blocks.html(b["text"]), "mended_by": None})
        for b in about["barriers"]
    ]
    dates: dict[str, date] = {name: about[name] for name in DATES}
    words = {name: blocks.html(about.get(name, "")) for name in WORDS}
    return {"status": about["status"], "barriers": barriers, **dates, **words}


def ways_in(about: dict[str, Any], pages: dict[str, Page]) -> list[tuple[str, dict[str, Any]]]:
    """The large links of the home page."""
    return [
        (
            "way_in",
            {"picture": w["picture"], "title": w["title"], "text": w["text"], "page": pages[w["page"]]},
        )
        for w in about["ways_in"]
    ]


def site_settings(pages: dict[str, Page], *, organisation: str) -> None:
    """Who runs the demo, and its menu."""
    site = Site.objects.get(is_default_site=True)
    details = SiteDetails.for_site(site)
    details.organisation = organisation
    details.contact_email = "help@example.org"
    details.help_page = pages.get("help")
    details.footer_note = "The people who learn here are made up."
    details.seller_name = f"{organisation} (a demonstration)"
    details.seller_address = "1 Example Street\nExampleton\nEX1 1EX"
    details.charity_number = "0000000 (made up)"
    details.company_number = "00000000 (made up), England and Wales"
    details.bank_details = f"{organisation} (made up)\nSort code 00-00-00\nAccount number 00000000"
    details.invoices_beside_cards = True
    details.save()
    menus = SiteNavigation.for_site(site)
    menus.main_menu = [
        ("link", {"page": pages[name], "address": "", "words": words})
        for name, words in MENU.items()
        if name in pages
    ]
    menus.save()
