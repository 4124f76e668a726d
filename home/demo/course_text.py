"""What the demo's course.yaml files say, as fields of a course page."""

from typing import Any

from django.utils.text import slugify

from courses.catalogue.topics import Topic
from home.demo.text import Blocks


def fields(about: dict[str, Any], blocks: Blocks, *, name: str) -> dict[str, Any]:
    """The fields of the course page. `name` is the folder, for messages."""
    return {
        "title": about["title"],
        "one_line": about["one_line"],
        "search_description": about["one_line"][:150],
        "lead": " ".join(about["lead"].split()),
        "topics": [topic(words) for words in about["topics"]],
        "prior_knowledge": about["prior_knowledge"],
        "is_free": about["is_free"],
        "cost_sentence": about["cost"],
        "who_for": blocks.html(about["who_for"]),
        "outcomes": [("item", outcome) for outcome in about["outcomes"]],
        "how_to_pass": blocks.html(about["how_to_pass"]),
        "about": blocks.blocks(about["about"], name=name),
        "access_needs": blocks.html(about["access_needs"]),
        "notice": about["notice"],
        "certificate_statement": " ".join(about["statement"].split()),
    }


def topic(words: str) -> Topic:
    """The topic with this name, made when it is new."""
    return Topic.objects.get_or_create(name=words, defaults={"slug": slugify(words)})[0]
