"""The research pages of the demo, from content/research."""

from typing import Any

from wagtail.models import Page

from cms.research.models import ResearchRelation, ResearchSummaryPage
from home.demo.course_file import needed
from home.demo.text import Blocks, Text, TextUnreadableError

HANDLES = "https://hdl.handle.net/"
# What stands in the front matter as it stands in the database.
PLAIN = ("title", "kind", "one_line", "source")
OPTIONAL = (
    "cited_as",
    "registered_title",
    "venue",
    "volume",
    "issue",
    "pages",
    "doi",
    "years",
    "method",
    "setting",
    "notes",
)


def fields(text: Text, blocks: Blocks) -> dict[str, Any]:
    """Everything that a text says about its page, but for the pages it belongs together with."""
    about = text.about
    needed(about, PLAIN, text.path.name)
    handle = about.get("handle", "")
    return {
        **{name: _words(about[name]) for name in PLAIN},
        **{name: _words(about.get(name, "")) for name in OPTIONAL},
        "search_description": about["one_line"][:150],
        "body": blocks.blocks(text.body, name=text.path.name, line=text.line),
        "what_was_found": [("item", _words(found)) for found in about.get("what_was_found", [])],
        "authors": [
            ("author", {"name": a["name"], "orcid": a.get("orcid", "")}) for a in about.get("authors", [])
        ],
        "has_more_authors": bool(about.get("has_more_authors")),
        "year": about.get("year"),
        "is_year_only_cited": bool(about.get("is_year_only_cited")),
        "handle_url": f"{HANDLES}{handle}" if handle else "",
        "funders": ", ".join(about.get("funders", [])),
        "groups": ", ".join(about.get("groups", [])),
        "corrections_log": [
            ("correction", {"about": c.get("about", "other"), "on": c["date"], "text": _words(c["text"])})
            for c in about.get("corrections", [])
        ],
        "read_more": [("work", _elsewhere(work)) for work in about.get("read_more", [])],
    }


def relations(page: ResearchSummaryPage, text: Text, pages: dict[str, Page]) -> list[ResearchRelation]:
    """The pages that belong together with this one, in order. Rows that are there already are kept."""
    kept = {row.other_id: row for row in page.relations.all()}
    found = []
    for place, named in enumerate(text.about.get("related", [])):
        other = pages.get(f"research/{named['page']}")
        if other is None:
            raise TextUnreadableError(f"{text.path.name}: there is no research page “{named['page']}”.")
        row = kept.get(other.pk) or ResearchRelation(other=other)
        row.how, row.sort_order = _words(named.get("how", "")), place
        found.append(row)
    return found


def _elsewhere(work: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": work["title"],
        "about": _words(work.get("about", "")),
        "address": work.get("address", ""),
        "in_source": bool(work.get("in_source")),
    }


def _words(text: Any) -> str:
    """A text of several lines as one."""
    return " ".join(str(text).split())
