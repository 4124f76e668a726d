"""Reading a course file: everything in it is checked, and cleaned, before anything is written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.utils.translation import gettext as _
from wagtail.documents import get_document_model
from wagtail.documents.forms import get_document_form
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form

from cms.core.glossary import GlossaryTerm
from courses.assessment.models import Question
from courses.catalogue.models import Course
from courses.catalogue.outline import Kind
from courses.catalogue.pages import (
    CoursePage,
    CourseworkPage,
    LessonPage,
    LiveSessionPage,
    QuizPage,
    StagePage,
)
from courses.exchange.archive import Archive
from courses.exchange.format import (
    ABOUT_FILES,
    COURSE,
    GLOSSARY,
    QUESTIONS,
    CourseFileRefused,
    Remark,
    fields_of,
)
from courses.exchange.values import Values

MODELS: dict[str, type[models.Model]] = {
    Kind.LESSON.value: LessonPage,
    Kind.QUIZ.value: QuizPage,
    Kind.LIVE_SESSION.value: LiveSessionPage,
    Kind.COURSEWORK.value: CourseworkPage,
}
MAY_ADD_WORDS = "core.add_glossaryterm"
STRUCTURE = frozenset({"ref", "kind", "topics", "questions", "must_be_right", "activities"})


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """A page to be made. Links in `values` still lead to names in the file."""

    model: Any
    ref: str
    values: dict[str, Any]
    questions: tuple[str, ...] = ()
    must_be_right: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    children: tuple["PlannedPage", ...] = ()


@dataclass(frozen=True)
class Plan:
    """A course file that may be brought in. `remarks` say what would be left out or is worth a look."""

    archive: Archive
    identity: dict[str, Any]
    page: PlannedPage
    pictures: dict[str, dict[str, Any]]
    documents: dict[str, dict[str, Any]]
    words: dict[str, dict[str, Any]]
    questions: dict[str, dict[str, Any]]
    remarks: list[Remark] = field(default_factory=list)
    here: Mapping[str, int] = field(default_factory=dict)


def plan(
    archive: Archive, *, code: str, by: Any, is_update: bool = False, here: Mapping[str, int] | None = None
) -> Plan:
    """What a course file would make here, as `code` or else as the code in it.

    An update is for a course that is here already; anything else for a code that is free. `here` are pages
    of this site that links in the file may name, besides its own. Raises CourseFileRefused with everything
    that is wrong, not only the first.
    """
    return _Checker(archive, code=code, by=by, is_update=is_update, here=here or {}).plan()


class _Checker:
    def __init__(
        self, archive: Archive, *, code: str, by: Any, is_update: bool, here: Mapping[str, int]
    ) -> None:
        self.archive, self.code, self.by = archive, code.strip(), by
        self.is_update, self.here = is_update, here
        self.course = archive.data(COURSE)
        self.wrong: list[Remark] = []
        self.notes: list[Remark] = []
        self.pictures = self._part(self.course, COURSE, "pictures")
        self.documents = self._part(self.course, COURSE, "documents")
        self.raw_words = self._file(GLOSSARY, "words")
        self.raw_questions = self._file(QUESTIONS, "questions")
        self.values = Values(self._refs(), self._endings(), self._is_wrong, self._is_left_out)

    def plan(self) -> Plan:
        identity = self._identity()
        page = self._course_page()
        words = {name: self._thing(GlossaryTerm, name, raw) for name, raw in self.raw_words.items()}
        questions = {name: self._question(name, raw) for name, raw in self.raw_questions.items()}
        pictures = {name: self._upload("pictures", name, raw) for name, raw in self.pictures.items()}
        documents = {name: self._upload("documents", name, raw) for name, raw in self.documents.items()}
        self._compare_words(words)
        if self.wrong:
            raise CourseFileRefused(self.wrong)
        return Plan(
            self.archive,
            identity,
            page,
            pictures,
            documents,
            words,
            questions,
            remarks=self.notes,
            here=self.here,
        )

    # --- Saying what was found ---

    def _is_wrong(self, where: str, sentence: str) -> None:
        self.wrong.append(Remark(where, sentence))

    def _is_left_out(self, where: str, sentence: str) -> None:
        remark = Remark(where, sentence)
        if remark not in self.notes:
            self.notes.append(remark)

    # --- The shape of the file ---

    def _part(self, data: dict[str, Any], where: str, name: str) -> dict[str, dict[str, Any]]:
        """A set of named things. Anything else is wrong, and counts as none."""
        found = data.get(name, {})
        if isinstance(found, dict) and all(isinstance(one, dict) for one in found.values()):
            return found
        self._is_wrong(where, _("“%(name)s” does not hold what it should.") % {"name": name})
        return {}

    def _file(self, file: str, name: str) -> dict[str, dict[str, Any]]:
        return self._part(self.archive.data(file), file, name) if file in self.archive.infos else {}

    def _list(self, data: dict[str, Any], where: str, name: str, kind: type) -> list[Any]:
        found = data.get(name, [])
        if isinstance(found, list) and all(isinstance(one, kind) for one in found):
            return found
        self._is_wrong(where, _("“%(name)s” does not hold what it should.") % {"name": name})
        return []

    def _stages(self) -> list[dict[str, Any]]:
        return self._list(self.course, COURSE, "stages", dict)

    def _refs(self) -> dict[str, str]:
        """Everything in the file that a text may name, and what it is."""
        pages = ["course"]
        for number, stage in enumerate(self._stages(), start=1):
            pages.append(f"stage-{number}")
            pages += [str(one.get("ref")) for one in self._list(stage, COURSE, "activities", dict)]
        if len(set(pages)) != len(pages):
            self._is_wrong(COURSE, _("Two pages have the same name."))
        named = {"picture": self.pictures, "document": self.documents, "glossary": self.raw_words}
        links = dict.fromkeys((*self.here, *pages), "page")
        return links | {ref: kind for kind, some in named.items() for ref in some}

    def _endings(self) -> dict[str, str]:
        """The ending of each document's file, since some places take only some."""
        return {n: str(raw.get("file", "")).rpartition(".")[2] for n, raw in self.documents.items()}

    # --- What is in it ---

    def _identity(self) -> dict[str, Any]:
        raw = self.course.get("identity")
        values = self._thing(Course, "identity", raw if isinstance(raw, dict) else {})
        values["code"] = self.code or values.get("code", "")
        if not values["code"] or not values.get("title"):
            self._is_wrong(COURSE, _("The course has no code or no title."))
        elif len(values["code"]) > Course._meta.get_field("code").max_length:
            self._is_wrong(COURSE, _("The code of the course is too long."))
        elif self.is_update:
            if not Course.objects.filter(code=values["code"], page__isnull=False).exists():
                self._is_wrong(COURSE, _("There is no course with the code “%s” here.") % values["code"])
        elif Course.objects.filter(code__iexact=values["code"]).exists():
            self._is_wrong(
                COURSE,
                _("A course with the code “%(code)s” is here already. Give a new code to bring in a copy.")
                % {"code": values["code"]},
            )
        return values

    def _course_page(self) -> PlannedPage:
        raw = self.course.get("page")
        raw = raw if isinstance(raw, dict) else {}
        stages = [self._stage(number, one) for number, one in enumerate(self._stages(), start=1)]
        if not raw.get("title"):
            self._is_wrong(COURSE, _("The course page has no title."))
        return PlannedPage(
            model=CoursePage,
            ref="course",
            values=self._thing(CoursePage, str(raw.get("title", "")), raw),
            topics=tuple(self._list(raw, COURSE, "topics", str)),
            children=tuple(stages),
        )

    def _stage(self, number: int, raw: dict[str, Any]) -> PlannedPage:
        where = str(raw.get("title", ""))[:80]
        activities = [self._activity(one) for one in self._list(raw, where, "activities", dict)]
        return PlannedPage(
            model=StagePage,
            ref=f"stage-{number}",
            values=self._titled(StagePage, where, raw),
            children=tuple(one for one in activities if one is not None),
        )

    def _activity(self, raw: dict[str, Any]) -> PlannedPage | None:
        where, kind = str(raw.get("title", ""))[:80], raw.get("kind")
        if not isinstance(kind, str) or kind not in MODELS:
            self._is_wrong(where, _("This site has no activities of the kind “%s”.") % str(kind)[:40])
            return None
        asked = self._list(raw, where, "questions", str) if kind == Kind.QUIZ.value else []
        if not set(asked) <= set(self.raw_questions) or len(set(asked)) != len(asked):
            self._is_wrong(where, _("A question is missing, or is asked twice."))
        must = self._list(raw, where, "must_be_right", str) if kind == Kind.QUIZ.value else []
        if not set(must) <= set(asked):
            self._is_wrong(where, _("A question must be right, but the quiz does not ask it."))
        return PlannedPage(
            model=MODELS[kind],
            ref=str(raw.get("ref")),
            values=self._titled(MODELS[kind], where, raw),
            questions=tuple(asked),
            must_be_right=tuple(must),
        )

    def _titled(self, model: type[models.Model], where: str, raw: dict[str, Any]) -> dict[str, Any]:
        if not raw.get("title"):
            self._is_wrong(COURSE, _("A page has no title."))
        return self._thing(model, where, raw)

    def _thing(self, model: type[models.Model], where: str, raw: dict[str, Any]) -> dict[str, Any]:
        """The values of one row. What is not known here is left out, what is missing has its default."""
        known = {one.name: one for one in fields_of(model)}
        for name in sorted(set(raw) - set(known) - STRUCTURE):
            self._is_left_out(where, _("This site has no “%s”, so it is left out.") % name[:40])
        return {
            name: self.values.of_field(known[name], raw[name], f"{where}, {name}")
            for name in known
            if name in raw
        }

    def _question(self, name: str, raw: dict[str, Any]) -> dict[str, Any]:
        before = len(self.wrong)
        values = self._thing(Question, name, raw)
        if len(self.wrong) == before:
            where = f"{name}, “{str(values.get('text', ''))[:60]}”"
            self._try(where, Question(**self.values.resolved(Question, values, {})).clean)
        return values

    def _try(self, where: str, check: Callable[[], object]) -> None:
        try:
            check()
        except ValidationError as refused:
            self._is_wrong(where, " ".join(refused.messages))

    def _upload(self, folder: str, name: str, raw: dict[str, Any]) -> dict[str, Any]:
        """A picture or document, checked by the same form as an upload."""
        path = raw.get("file")
        if not isinstance(path, str) or not path.startswith(f"{folder}/") or path not in self.archive.infos:
            self._is_wrong(name, _("Its file is missing."))
            return raw
        if not all(raw.get(key) is None or isinstance(raw[key], str | int) for key in ABOUT_FILES):
            self._is_wrong(name, _("This does not hold what it should."))
            return raw
        form = upload_form(self.archive, raw, by=self.by)
        if form is None:
            self._is_wrong(
                path, _("You may not add pictures or documents here. Please ask an administrator.")
            )
        elif not form.is_valid():
            sentences = [str(one) for some in form.errors.values() for one in some]
            self._is_wrong(path, " ".join(sentences))
        return raw

    def _compare_words(self, words: dict[str, dict[str, Any]]) -> None:
        """A word that is here already keeps the meaning that it has here."""
        for values in words.values():
            term = str(values.get("term", ""))
            if not term:
                self._is_wrong(GLOSSARY, _("A word is missing."))
            known = word_here(term)
            if known is None and self.by is not None and not self.by.has_perm(MAY_ADD_WORDS):
                self._is_wrong(GLOSSARY, _("You may not add words to the glossary: “%s”.") % term)
            if known is not None and known.meaning != values.get("meaning"):
                self._is_left_out(
                    GLOSSARY, _("“%s” is in the glossary already and keeps the meaning it has here.") % term
                )


def word_here(term: str) -> GlossaryTerm | None:
    """The word of this site's glossary that is spelt like this."""
    return GlossaryTerm.objects.filter(term__iexact=term).first()


@cache
def _form_and_policy(*, is_picture: bool) -> tuple[Any, Any]:
    """Wagtail's form for pictures or documents, and who may add them: the same for every file."""
    make = get_image_form(get_image_model()) if is_picture else get_document_form(get_document_model())
    return make, make().permission_policy


def upload_form(archive: Archive, about: dict[str, Any], *, by: Any) -> Any:
    """Wagtail's own form for one picture or document of the file; None for somebody who may add none."""
    path = str(about["file"])
    is_picture = path.startswith("pictures/")
    make, policy = _form_and_policy(is_picture=is_picture)
    name = path.rpartition("/")[2]
    data = {key: about[key] for key in ABOUT_FILES if about.get(key) not in (None, "")}
    upload = SimpleUploadedFile(name, archive.read(path))
    if by is not None and not policy.collections_user_has_permission_for(by, "add"):
        return None
    form = make(data={"title": name, **data}, files={"file": upload}, user=by)
    if "collection" in form.fields:
        form.data["collection"] = form.collections[0].pk
    return form
