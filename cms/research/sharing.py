"""What a page about a published work says to programs that read pages (schema.org).

The page is not the article, but about it: so a page with the article as its subject.
"""

from typing import Any

from django.conf import settings


def data_of(page: Any) -> dict[str, Any]:
    """The facts that the page shows, and none that it does not show. `page` is a ResearchSummaryPage."""
    return {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "name": page.title,
        "description": page.one_line,
        "url": page.lasting_url,
        "inLanguage": settings.LANGUAGE_CODE,
        "mainEntity": _article(page),
    }


def _article(page: Any) -> dict[str, Any]:
    reference = page.reference
    said = {
        "name": reference.registered_title,
        "author": [_person(author) for author in reference.authors],
        "datePublished": str(reference.year or ""),
        "isPartOf": _issue(reference),
        "pagination": reference.pages,
        "sameAs": reference.doi_url or reference.handle_url,
    }
    return {"@type": "ScholarlyArticle", **{name: value for name, value in said.items() if value}}


def _person(author: dict[str, str]) -> dict[str, str]:
    person = {"@type": "Person", "name": author["name"]}
    return {**person, "sameAs": f"https://orcid.org/{author['orcid']}"} if author["orcid"] else person


def _issue(reference: Any) -> dict[str, Any]:
    """The journal, within it the volume, within it the issue: as far as they are known."""
    if not reference.venue:
        return {}
    found: dict[str, Any] = {"@type": "Periodical", "name": reference.venue}
    if reference.volume:
        found = {"@type": "PublicationVolume", "volumeNumber": reference.volume, "isPartOf": found}
    if reference.issue:
        found = {"@type": "PublicationIssue", "issueNumber": reference.issue, "isPartOf": found}
    return found
