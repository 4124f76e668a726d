"""Writing a whole course into one file: its texts, pictures, documents, quizzes, words and rules.

No learner, no member of staff and no date is in it. The same course gives the same bytes.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from django.db.models import Model
from wagtail import blocks
from wagtail.documents import get_document_model
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageChooserBlock
from wagtail.models import Page

from cms.core.glossary import GlossaryTerm
from courses.catalogue.pages import CoursePage, QuizPage, StagePage
from courses.exchange import texts
from courses.exchange.format import (
    ABOUT_FILES,
    COURSE,
    FORMAT,
    GLOSSARY,
    MANIFEST,
    MOST_TIMES_SMALLER,
    QUESTIONS,
    VERSION,
    fields_of,
)

# Every file in a zip file has a date. This one says nothing.
NO_DATE = (1980, 1, 1, 0, 0, 0)
DRAWN = {"jpg", "jpeg", "png", "webp", "avif", "gif"}


def export_course(course_page: CoursePage) -> bytes:
    """The course file of one course: published words where there are any, else the newest draft."""
    return _Export(course_page).zipped()


class _Export:
    """What one course holds, gathered page by page. Names are given in the order of first use."""

    def __init__(self, course_page: CoursePage) -> None:
        self.names: dict[tuple[str, Any], str] = {}
        self.files: dict[str, bytes] = {}
        self.pictures: dict[str, Any] = {}
        self.documents: dict[str, Any] = {}
        self.words: dict[str, Any] = {}
        self.questions: dict[str, Any] = {}
        stages = list(StagePage.objects.child_of(course_page).order_by("path"))
        children = {stage: [p.specific for p in stage.get_children().order_by("path")] for stage in stages}
        self.names["page", course_page.pk] = "course"
        for number, stage in enumerate(stages, start=1):
            self.names["page", stage.pk] = f"stage-{number}"
        for number, page in enumerate((p for some in children.values() for p in some), start=1):
            self.names["page", page.pk] = f"activity-{number}"
        self.course: dict[str, Any] = {
            "identity": self._fields(course_page.course),
            "page": self._page(course_page),
            "stages": [
                {**self._page(stage), "activities": [self._page(page) for page in some]}
                for stage, some in children.items()
            ],
        }

    def zipped(self) -> bytes:
        """Everything in one zip file, with a sum of each file."""
        return packed(
            {**self.course, "pictures": self.pictures, "documents": self.documents},
            questions=self.questions,
            words=self.words,
            files=self.files,
        )

    def _page(self, page: Page) -> dict[str, Any]:
        """A page with its words; what has been published, or the newest draft of what never was."""
        shown = page if page.live else page.get_latest_revision_as_object()
        found = {"ref": self.names["page", page.pk], **self._fields(shown)}
        if isinstance(shown, CoursePage):
            found["topics"] = sorted(topic.slug for topic in shown.topics.all())
        if isinstance(shown, QuizPage):
            found |= self._asked(shown)
        kind = getattr(shown, "kind", None)
        return {**found, "kind": kind.value} if kind else found

    def _asked(self, quiz: QuizPage) -> dict[str, list[str]]:
        """The questions of a quiz by name; those that must be right once more, if there are any."""
        asked = {self._question(use.question): use.must_be_right for use in quiz.quiz_questions.all()}
        must = [name for name, must_be_right in asked.items() if must_be_right]
        return {"questions": list(asked), **({"must_be_right": must} if must else {})}

    def _fields(self, thing: Model) -> dict[str, Any]:
        return {field.name: self._value(field, thing) for field in fields_of(type(thing))}

    def _value(self, field: Any, thing: Model) -> Any:
        value = getattr(thing, field.name)
        if isinstance(field, StreamField):
            return texts.walk(field.stream_block, field.stream_block.get_prep_value(value), self._leaf)
        if isinstance(field, RichTextField):
            return texts.linked(value, self._link)
        if field.is_relation:
            kind = "picture" if field.related_model is get_image_model() else "document"
            return self._file(kind, value) if value else None
        return value.isoformat() if hasattr(value, "isoformat") else value

    def _leaf(self, block: blocks.Block, value: Any) -> Any:
        if isinstance(block, blocks.RichTextBlock):
            return texts.linked(value or "", self._link)
        if isinstance(block, ImageChooserBlock):
            return self._file("picture", get_image_model().objects.filter(pk=value).first())
        if isinstance(block, DocumentChooserBlock):
            return self._file("document", get_document_model().objects.filter(pk=value).first())
        if isinstance(block, blocks.PageChooserBlock):
            return self.names.get(("page", value))
        return None if isinstance(block, blocks.ChooserBlock) else value

    def _link(self, kind: str, number: str) -> dict[str, str] | None:
        """What a link in a text becomes: a name in this file, or a whole address elsewhere."""
        pk = int(number) if number.isascii() and number.isdigit() else 0
        if kind == "page":
            if ref := self.names.get(("page", pk)):
                return {"linktype": "page", "ref": ref}
            page = Page.objects.filter(pk=pk).first()
            url = page.full_url if page else None
            return {"href": url} if url else None
        model = {"document": get_document_model(), "glossary": GlossaryTerm}.get(kind)
        found = model.objects.filter(pk=pk).first() if model else None
        if found is None:
            return None
        ref = self._file("document", found) if kind == "document" else self._word(found)
        return {"linktype": kind, "ref": ref} if ref else None

    def _named(self, kind: str, pk: Any) -> tuple[str, bool]:
        """The name of something in this file, and whether it is new."""
        if name := self.names.get((kind, pk)):
            return name, False
        number = 1 + sum(known == kind for known, _pk in self.names)
        name = self.names[kind, pk] = f"{kind}-{number}"
        return name, True

    def _file(self, kind: str, thing: Any) -> str | None:
        """The name of a picture or document, whose content comes along; None for one that is lost."""
        if thing is None:
            return None
        name, is_new = self._named(kind, thing.pk)
        if is_new:
            path = f"{kind}s/{name}.{PurePosixPath(thing.file.name).suffix.lower().lstrip('.')}"
            with thing.file.open("rb") as opened:
                self.files[path] = opened.read()
            about = {field: getattr(thing, field) for field in ABOUT_FILES if hasattr(thing, field)}
            kept = self.pictures if kind == "picture" else self.documents
            kept[name] = {"file": path, **about}
        return name

    def _word(self, term: GlossaryTerm) -> str:
        name, is_new = self._named("word", term.pk)
        if is_new:
            self.words[name] = self._fields(term)
        return name

    def _question(self, question: Any) -> str:
        name, is_new = self._named("question", question.pk)
        if is_new:
            self.questions[name] = self._fields(question)
        return name


def packed(
    course: Mapping[str, Any],
    *,
    questions: Mapping[str, Any],
    words: Mapping[str, Any],
    files: Mapping[str, bytes],
) -> bytes:
    """A course file of these parts, with a sum of each. docs/reference/course-file.md tells their shapes."""
    contents = {
        COURSE: _json(course),
        QUESTIONS: _json({"questions": questions}),
        GLOSSARY: _json({"words": words}),
        **files,
    }
    identity = course["identity"]
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "course": {"code": identity["code"], "title": identity["title"]},
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in {MANIFEST: _json(manifest), **dict(sorted(contents.items()))}.items():
            is_packed = name.rpartition(".")[2] in DRAWN or _swells(content)
            info = zipfile.ZipInfo(name, NO_DATE)
            info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            info.external_attr = 0o100644 << 16
            zipped.writestr(info, content)
    return out.getvalue()


def _swells(content: bytes) -> bool:
    """Whether packing makes this so small that a careful reader would take it for a trap."""
    return len(zlib.compress(content)) * MOST_TIMES_SMALLER < 2 * len(content)


def _json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()
