"""What the demo's course.yaml files say, as values of a course page in a course file."""

from typing import Any

from django.utils.text import slugify

from courses.catalogue.topics import Topic
from home.demo.text import Blocks

NEEDED = (
    "code",
    "title",
    "slug",
    "one_line",
    "lead",
    "topics",
    "prior_knowledge",
    "is_free",
    "cost",
    "who_for",
    "outcomes",
    "how_to_pass",
    "about",
    "access_needs",
    "notice",
    "statement",
)


def values(about: dict[str, Any], blocks: Blocks, *, name: str) -> dict[str, Any]:
    """The fields of the course page. `name` is the file, for messages."""
    return {
        "title": about["title"],
        "one_line": about["one_line"],
        "search_description": about["one_line"][:150],
        "lead": " ".join(about["lead"].split()),
        "topics": [topic(words).slug for words in about["topics"]],
        "prior_knowledge": about["prior_knowledge"],
        "is_free": about["is_free"],
        "cost_sentence": about["cost"],
        "who_for": blocks.html(about["who_for"]),
        "outcomes": [{"type": "item", "value": outcome} for outcome in about["outcomes"]],
        "how_to_pass": blocks.html(about["how_to_pass"]),
        "about": [{"type": kind, "value": value} for kind, value in blocks.blocks(about["about"], name=name)],
        "access_needs": blocks.html(about["access_needs"]),
        "notice": about["notice"],
        "certificate_statement": " ".join(about["statement"].split()),
    }


def topic(words: str) -> Topic:
    """The topic with this name, made when it is new."""
    return Topic.objects.get_or_create(name=words, defaults={"slug": slugify(words)})[0]
