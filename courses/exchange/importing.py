"""Bringing in a course that was exported elsewhere: checked first, then all of it or nothing."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page

from cms.core.glossary import GlossaryTerm
from courses.assessment.models import Question, QuizQuestion
from courses.catalogue.models import Course
from courses.catalogue.pages import CatalogueIndexPage, CoursePage
from courses.catalogue.topics import Topic
from courses.exchange.archive import open_archive
from courses.exchange.checking import Plan, PlannedPage, plan, upload_form, word_here
from courses.exchange.format import CourseFileRefused, Remark
from courses.exchange.values import Values

MAY = ("courses.add_course", "courses.add_question")


@dataclass(frozen=True, slots=True)
class Imported:
    """A course that was brought in (or, without a page, only checked)."""

    code: str
    title: str
    activity_count: int
    page: CoursePage | None
    remarks: tuple[Remark, ...]


def catalogue() -> CatalogueIndexPage | None:
    """Where courses go."""
    found: CatalogueIndexPage | None = CatalogueIndexPage.objects.order_by("path").first()
    return found


def may_import(person: Any) -> bool:
    """Whether somebody may bring in a course: who may add courses, questions, and pages to the catalogue."""
    parent = catalogue()
    return (
        parent is not None
        and all(person.has_perm(name) for name in MAY)
        and bool(parent.permissions_for_user(person).can_add_subpage())
    )


def check(*, file: IO[bytes], code: str = "", by: Any = None) -> Imported:
    """Say what a course file would make, and write nothing. Raises CourseFileRefused."""
    return told(plan(open_archive(file), code=code, by=by), None)


def import_course(*, file: IO[bytes], code: str = "", by: Any = None) -> Imported:
    """Make a course, its questions and its pages (as drafts) from a course file.

    Everything is new here, whatever it was called elsewhere: a copy shares nothing with its original.
    Refused when the code is taken, so pressing twice brings in one course. Raises CourseFileRefused;
    then nothing was written, neither to the database nor to any folder.
    """
    planned = plan(open_archive(file), code=code, by=by)
    parent = catalogue()
    if parent is None:
        raise CourseFileRefused(
            [Remark("", _("This site has no page for courses yet. Please make one first."))]
        )
    making = Making(planned, by=by)
    with all_or_nothing(making):
        page = making.course(parent)
    return told(planned, page)


@contextmanager
def all_or_nothing(making: "Making") -> Iterator[None]:
    """What is made in here stays only if all of it can, files too. Raises CourseFileRefused."""
    try:
        with transaction.atomic():
            yield
    except BaseException as stopped:
        making.remove_files()
        if isinstance(stopped, ValidationError):
            raise CourseFileRefused([Remark("", sentence) for sentence in stopped.messages]) from stopped
        if isinstance(stopped, DatabaseError):
            sentence = _("Something in this file does not fit here, so nothing was brought in.")
            raise CourseFileRefused([Remark("", sentence)]) from stopped
        raise


def told(planned: Plan, page: CoursePage | None) -> Imported:
    """What became of a plan."""
    return Imported(
        code=planned.identity["code"],
        title=planned.identity["title"],
        activity_count=sum(len(stage.children) for stage in planned.page.children),
        page=page,
        remarks=tuple(planned.remarks),
    )


class Making:
    """Makes what a plan says. `numbers` are the rows that the names of the file became."""

    def __init__(self, planned: Plan, *, by: Any) -> None:
        self.plan, self.by = planned, by
        self.numbers: dict[str, int] = dict(planned.here)
        self.questions: dict[str, Question] = {}
        self.files: list[Any] = []
        self.values = Values({}, {}, _nothing, _nothing)

    def course(self, parent: CatalogueIndexPage) -> CoursePage:
        course = Course(**self.plan.identity)
        course.full_clean()
        course.save()
        self._things(course)
        # Every page must be there before a text can link to it.
        planned = replace(
            self.plan.page, values={**self.plan.page.values, "slug": _free_slug(parent, self.plan)}
        )
        pages = self._pages(parent, planned, course=course)
        for made, its_plan in pages:
            self._write(made, its_plan)
        page: CoursePage = pages[0][0]
        log(page, "wagtail.create", user=self.by)
        return page

    def _things(self, course: Course) -> None:
        """Everything that pages point at."""
        for name, about in {**self.plan.pictures, **self.plan.documents}.items():
            self.numbers[name] = self._file(about).pk
        for name, values in self.plan.words.items():
            self._word(name, values)
        for name, values in self.plan.questions.items():
            self.questions[name] = self._question(
                course, self.values.resolved(Question, values, self.numbers)
            )

    def _question(self, course: Course, values: dict[str, Any]) -> Question:
        question = Question(course=course, **values)
        question.save()
        return question

    def _file(self, about: dict[str, Any]) -> Any:
        form = upload_form(self.plan.archive, about, by=self.by)
        if form is None or not form.is_valid():
            raise CourseFileRefused([Remark(str(about["file"]), _("This file cannot be taken."))])
        return self._stored(form)

    def _stored(self, form: Any) -> Any:
        """The picture or document of a form that is valid, in its folder."""
        made = form.save(commit=False)
        if self.by is not None:
            made.uploaded_by_user = self.by
        self.files.append(made.file)
        made.save()
        form.save_m2m()
        return made

    def _word(self, name: str, values: dict[str, Any]) -> None:
        word = word_here(str(values["term"]))
        if word is None:
            word = GlossaryTerm(**self.values.resolved(GlossaryTerm, values, self.numbers))
            word.full_clean()
            word.save()
        self.numbers[name] = word.pk

    def _pages(self, parent: Page, planned: PlannedPage, **more: Any) -> list[tuple[Any, PlannedPage]]:
        """A page and all below it, without their words: the first is the page itself."""
        plain = {
            name: value
            for name, value in planned.values.items()
            if not hasattr(planned.model._meta.get_field(name), "features")
            and not hasattr(planned.model._meta.get_field(name), "stream_block")
        }
        page = planned.model(
            **self.values.resolved(planned.model, plain, self.numbers),
            live=False,
            has_unpublished_changes=True,
            owner=self.by,
            **more,
        )
        parent.add_child(instance=page)
        self.numbers[planned.ref] = page.pk
        found = [(page, planned)]
        for child in planned.children:
            found += self._pages(page, child)
        return found

    def _write(self, page: Any, planned: PlannedPage) -> None:
        """The words of a page, now that all its links lead somewhere."""
        page.refresh_from_db(fields=["path", "depth", "numchild"])
        self._fill(page, planned, self.values.resolved(planned.model, planned.values, self.numbers))
        page.save()
        page.save_revision(user=self.by, clean=False)

    def _fill(self, page: Any, planned: PlannedPage, values: dict[str, Any]) -> None:
        """Put these values into a page, with its topics and questions; save nothing."""
        for name, value in values.items():
            setattr(page, name, value)
        if planned.topics:
            page.topics = Topic.objects.filter(slug__in=planned.topics)
        if planned.questions:
            page.quiz_questions = [
                QuizQuestion(
                    question=self.questions[name],
                    sort_order=place,
                    must_be_right=name in planned.must_be_right,
                )
                for place, name in enumerate(planned.questions)
            ]

    def remove_files(self) -> None:
        """Take away what was put into folders; the database forgets its rows by itself."""
        for file in self.files:
            if file.name and file._committed:
                file.storage.delete(file.name)


def _nothing(where: str, sentence: str) -> None:
    """While things are made, nothing is left to say."""


def _free_slug(parent: Page, planned: Plan) -> str:
    """The word in the address that the file asks for, or the next that is free."""
    wanted = str(planned.page.values.get("slug") or planned.identity["code"].lower())
    for slug in _candidates(wanted):
        if Page._slug_is_available(slug, parent):
            return slug
    raise AssertionError


def _candidates(wanted: str) -> Iterable[str]:
    yield wanted
    number = 2
    while True:
        yield f"{wanted[:240]}-{number}"
        number += 1
