"""What a course file is: its names, its version, its limits, and how something wrong with one is told.

Described for people in docs/reference/course-file.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page

from courses.actions.refusals import ActionRefused

FORMAT = "lived-learning-course"
VERSION = 1
MANIFEST, COURSE, QUESTIONS, GLOSSARY = "manifest.json", "course.json", "questions.json", "glossary.json"

MEGABYTE = 1024 * 1024
MOST_FILES = 600
MOST_BYTES = 300 * MEGABYTE
MOST_BYTES_OF_A_FILE = 50 * MEGABYTE
MOST_BYTES_OF_TEXT = 5 * MEGABYTE
# How many times smaller than its content a packed file may be; ordinary text reaches about ten.
MOST_TIMES_SMALLER = 100


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a course file, and where: a file, or a page and field by name."""

    where: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.where}: {self.sentence}" if self.where else self.sentence


class CourseFileRefused(ActionRefused):
    """A course file cannot be brought in; `remarks` say why, and nothing was written."""

    def __init__(self, remarks: Sequence[Remark]) -> None:
        super().__init__(" ".join(str(remark) for remark in remarks))
        self.remarks = tuple(remarks)


# What somebody confirmed about a course here is not true elsewhere by being copied.
NOT_CARRIED = frozenset({"reviewed_on", "version"})
# What is told of a picture or document besides its content.
ABOUT_FILES = (
    "title",
    "description",
    "credit",
    "focal_point_x",
    "focal_point_y",
    "focal_point_width",
    "focal_point_height",
)
PAGE_FIELDS = ("title", "slug", "seo_title", "search_description")


def fields_of(model: type[models.Model]) -> list[Any]:
    """The fields whose values travel: what editors fill in, but for what points at other rows.

    Pictures and documents are the exception: they travel too. What a new version of the site adds to a
    page travels from then on; a file that does not have it leaves the field at its default.
    """
    own = [f for f in model._meta.concrete_fields if _travels(model, f)]
    if not issubclass(model, Page):
        return own
    return [*(model._meta.get_field(name) for name in PAGE_FIELDS), *own]


def _travels(model: type[models.Model], field: Any) -> bool:
    if field.primary_key or not field.editable or field.name in NOT_CARRIED:
        return False
    if field.is_relation:
        return field.related_model in (get_image_model(), get_document_model())
    return not (issubclass(model, Page) and field.model is Page)
