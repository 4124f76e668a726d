"""Bringing a course that is here up to date from a course file: checked first, then all of it or nothing.

Stages and activities are known again by the word in their address, questions by their text, pictures and
documents by their name and content. What is the same stays as it is, without a new revision. New words are
drafts until somebody publishes them, so learners see no change yet; records and editions stay.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

from django.db import models
from django.utils.translation import gettext as _
from wagtail.documents import get_document_model
from wagtail.fields import RichTextField, StreamField
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.utils.file import hash_filelike

from courses.assessment.models import Question, QuizQuestion
from courses.catalogue.models import Course
from courses.catalogue.pages import CoursePage
from courses.exchange import texts
from courses.exchange.archive import open_archive
from courses.exchange.checking import PlannedPage, plan
from courses.exchange.format import CourseFileRefused, Remark
from courses.exchange.importing import Making, all_or_nothing


@dataclass(frozen=True, slots=True)
class Updated:
    """What became of a course. `changed` have a new draft, by the names the file gives them; `gone` are
    pages that the file no longer has, left as they are."""

    page: CoursePage
    changed: Mapping[str, Page]
    gone: tuple[Page, ...]
    remarks: tuple[Remark, ...]


def update_course(
    *, file: IO[bytes], code: str = "", by: Any = None, here: Mapping[str, int] | None = None
) -> Updated:
    """Bring the course with this code (or the code in the file) up to date, as drafts. Safe to repeat.

    `here` are pages of this site that links in the file may name, besides its own. Raises
    CourseFileRefused; then nothing was written, neither to the database nor to any folder.
    """
    planned = plan(open_archive(file), code=code, by=by, is_update=True, here=here)
    making = _Updating(planned, by=by)
    with all_or_nothing(making):
        course = Course.objects.select_for_update().get(code=planned.identity["code"])
        page = making.update(course)
    return Updated(page, making.changed, tuple(making.gone), tuple(planned.remarks))


class _Updating(Making):
    """Makes what a plan says out of what is there already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.changed: dict[str, Page] = {}
        self.gone: list[Page] = []
        self.made: set[int] = set()
        self.asked: dict[str, Question] = {}

    def update(self, course: Course) -> CoursePage:
        _set(course, self.plan.identity)
        self.asked = {question.text: question for question in course.questions.all()}
        self._things(course)
        pages = self._match(course.page, self.plan.page)
        for page, planned in pages:
            self._write(page, planned)
        found: CoursePage = pages[0][0]
        return found

    # --- What pages point at ---

    def _file(self, about: dict[str, Any]) -> Any:
        """What is here as it stands in the file needs no form: it was checked when it came."""
        path = str(about["file"])
        model = get_image_model() if path.startswith("pictures/") else get_document_model()
        title = about.get("title") or path.rpartition("/")[2]
        found = _same_file(model, title, BytesIO(self.plan.archive.read(path)))
        return super()._file(about) if found is None else found

    def _stored(self, form: Any) -> Any:
        """The same picture or document is not stored twice. The form may have taken something out of it."""
        content = form.cleaned_data["file"]
        content.seek(0)
        found = _same_file(type(form.instance), form.cleaned_data["title"], content)
        return super()._stored(form) if found is None else found

    def _question(self, course: Course, values: dict[str, Any]) -> Question:
        found = self.asked.get(values.get("text", ""))
        if found is None:
            return super()._question(course, values)
        _set(found, values)
        return found

    # --- Pages ---

    def _match(self, page: Any, planned: PlannedPage) -> list[tuple[Any, PlannedPage]]:
        """A page that is here and all below it, in the file's order. What is missing is made."""
        self.numbers[planned.ref] = page.pk
        there = {child.slug: child for child in page.get_children().order_by("path").specific()}
        found = [(page, planned)]
        for child in planned.children:
            known = there.pop(str(child.values.get("slug", "")), None)
            if known is None:
                # It is added last, so its parent must know how many there are by now.
                page.refresh_from_db(fields=["path", "depth", "numchild"])
                made = self._pages(page, child)
                self.made |= {new.pk for new, _its_plan in made}
                found += made
            elif isinstance(known, child.model):
                found += self._match(known, child)
            else:
                title = str(child.values.get("title", ""))[:80]
                raise CourseFileRefused([Remark(title, _("A page of another kind has this address."))])
        for left in there.values():
            self.gone += left.get_descendants(inclusive=True).specific()
        self._arrange(page, [self.numbers[child.ref] for child in planned.children])
        return found

    def _arrange(self, page: Page, wanted: list[int]) -> None:
        """Put the children of a page into the order of the file; what the file does not have comes first."""
        now = list(page.get_children().order_by("path").values_list("pk", flat=True))
        if [pk for pk in now if pk in set(wanted)] == wanted:
            return
        for pk in wanted:
            parent = Page.objects.get(pk=page.pk)
            Page.objects.get(pk=pk).move(parent, pos="last-child", user=self.by)

    def _write(self, page: Any, planned: PlannedPage) -> None:
        if page.pk in self.made:
            super()._write(page, planned)
            self.changed[planned.ref] = page
            return
        newest = page.get_latest_revision_as_object() if page.latest_revision_id else page
        values = self.values.resolved(planned.model, planned.values, self.numbers)
        differ = {n: value for n, value in values.items() if not _is_same(newest, n, value)}
        if not differ and self._asks_the_same(newest, planned) and _has_topics(newest, planned.topics):
            return
        self._fill(newest, planned, differ)
        newest.save_revision(user=self.by, clean=False)
        self.changed[planned.ref] = newest

    def _asks_the_same(self, page: Any, planned: PlannedPage) -> bool:
        if not planned.questions:
            return True
        now = [(use.question_id, use.must_be_right) for use in page.quiz_questions.all()]
        return now == [(self.questions[n].pk, n in planned.must_be_right) for n in planned.questions]

    def _fill(self, page: Any, planned: PlannedPage, values: dict[str, Any]) -> None:
        """As for a new page, but a question that was asked before keeps its row."""
        kept = {use.question_id: use for use in page.quiz_questions.all()} if planned.questions else {}
        super()._fill(page, planned, values)
        if planned.questions:
            page.quiz_questions = [_kept(use, kept.get(use.question_id)) for use in page.quiz_questions.all()]


def _same_file(model: type[models.Model], title: str, content: IO[bytes]) -> Any:
    """The picture or document of this title and content; None when there is none."""
    same = model.objects.filter(title=title, file_hash=hash_filelike(content))  # type: ignore[attr-defined]
    return same.order_by("pk").first()


def _kept(use: QuizQuestion, before: QuizQuestion | None) -> QuizQuestion:
    if before is None:
        return use
    before.sort_order, before.must_be_right = use.sort_order, use.must_be_right
    return before


def _set(row: models.Model, values: Mapping[str, Any]) -> None:
    """Change what differs; save only if anything does."""
    differ = {name: value for name, value in values.items() if not _is_same(row, name, value)}
    if not differ:
        return
    for name, value in differ.items():
        setattr(row, name, value)
    row.full_clean()
    row.save()


def _has_topics(page: Any, topics: tuple[str, ...]) -> bool:
    return not topics or sorted(topic.slug for topic in page.topics.all()) == sorted(topics)


def _is_same(row: Any, name: str, value: Any) -> bool:
    """Whether a row says this already. Blocks and links have ids that mean nothing here."""
    field = row._meta.get_field(name)
    now = getattr(row, name)
    if isinstance(field, StreamField):
        return _plain(field, now) == _plain(field, value)
    if isinstance(field, RichTextField):
        return _words(now) == _words(value)
    return bool(now == value)


def _plain(field: StreamField, value: Any) -> str:
    raw = texts.walk(
        field.stream_block,
        field.stream_block.get_prep_value(value),
        lambda _block, leaf: _words(leaf) if isinstance(leaf, str) else leaf,
    )
    return json.dumps(raw, sort_keys=True, default=str)


def _words(html: str) -> str:
    """The same text without the keys that the editor gives to paragraphs."""
    if "data-block-key" not in html:
        return html
    return texts.linked(html, lambda kind, number: {"linktype": kind, "id": number})
