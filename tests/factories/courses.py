"""A small published course, built from pages and frozen by the same action as a real one."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.utils.text import slugify
from wagtail.models import Locale, Page, Site
from wagtail.signal_handlers import disable_reference_index_auto_update

from cms.users.models import User
from courses.actions import editions, enrol, quiz, study
from courses.assessment.models import Attempt, Question, QuizQuestion
from courses.catalogue.accreditation import AccreditationRecord
from courses.catalogue.models import Course, Edition
from courses.catalogue.outline import Kind, Outline
from courses.catalogue.pages import (
    CatalogueIndexPage,
    CoursePage,
    CourseworkPage,
    LessonPage,
    LiveSessionPage,
    QuizPage,
    StagePage,
)
from courses.catalogue.topics import Topic
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment
from home.models import HomePage
from tests.factories import snapshots

# Words that must never reach somebody who may not read them; tests look for them.
SECRET_LESSON = "canary-lesson-words"
SECRET_FEEDBACK = "canary-feedback-words"


@dataclass
class BuiltCourse:
    """Everything a test needs of one course."""

    page: CoursePage
    edition: Edition
    cohort: Cohort

    @property
    def outline(self) -> Outline:
        return self.edition.outline

    def ids(self, kind: Kind) -> list[int]:
        """The ids of the activities of a kind, in order."""
        return [a.activity_id for a in self.outline.activities if a.kind is kind]

    @property
    def lesson_id(self) -> int:
        return self.ids(Kind.LESSON)[0]

    @property
    def quiz_id(self) -> int:
        return self.ids(Kind.QUIZ)[0]

    def enrol(self, learner: User, *, at: datetime) -> Enrolment:
        return enrol.start(cohort_id=self.cohort.pk, learner=learner, at=at)

    def do_lessons(self, enrolment: Enrolment, *, at: datetime) -> None:
        """Every required lesson, in order."""
        for activity in self.outline.activities:
            if activity.kind is Kind.LESSON and activity.is_required:
                study.mark_done(
                    enrolment_id=enrolment.pk,
                    activity_id=activity.activity_id,
                    learner=enrolment.learner,
                    at=at,
                )

    def begin(self, enrolment: Enrolment, *, at: datetime) -> Attempt:
        return quiz.begin(
            enrolment_id=enrolment.pk,
            activity_id=self.quiz_id,
            learner=enrolment.learner,
            at=at,
            random=Random(1),
        )

    def answer(self, attempt: Attempt, *, right: int | Collection[int], at: datetime) -> None:
        """Answer every question: rightly the first `right` of them, or those at these places from 1."""
        places = range(1, right + 1) if isinstance(right, int) else right
        for question in attempt.paper.questions:
            wrong = sorted(question.keys - question.right_keys)[:1]
            known = question.slot in places
            quiz.save_answer(
                attempt_id=attempt.pk,
                slot=question.slot,
                choice=sorted(question.right_keys) if known else wrong,
                sequence=1,
                learner=attempt.enrolment.learner,
                at=at,
            )

    def complete(self, learner: User, *, at: datetime) -> Enrolment:
        """The whole way from joining to the certificate."""
        enrolment = self.enrol(learner, at=at)
        self.do_lessons(enrolment, at=at)
        attempt = self.begin(enrolment, at=at)
        self.answer(attempt, right=3, at=at)
        quiz.hand_in(attempt_id=attempt.pk, learner=learner, at=at)
        return enrolment


def home() -> HomePage:
    """The home page of the default site, in place of Wagtail's welcome page."""
    found = HomePage.objects.first()
    if found is None:
        if [page.depth for page in Page.objects.only("depth")[:3]] == [1, 2]:
            snapshots.remembered(("home",), _home)
            Site.clear_site_root_paths_cache()
        else:
            _home()
        found = HomePage.objects.get()
    return found


def _home() -> None:
    root = _root()
    # Moved aside and not deleted, which takes a hundred queries.
    Page.objects.filter(depth=2).update(slug="welcome", url_path="/welcome/", live=False)
    page = HomePage(title="Home", slug="home", heading="Home", lead="A test site.", start_link_text="Start")
    with disable_reference_index_auto_update():
        root.add_child(instance=page)
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    site.hostname, site.root_page, site.site_name = "testserver", page, "Test"
    site.save()


def _root() -> Page:
    """The root of all pages, made again when a test that emptied the database ran before."""
    root = Page.get_first_root_node()
    if root is None:
        Locale.objects.get_or_create(language_code="en-gb")
        root = Page.add_root(instance=Page(title="Root", slug="root"))
    return root


def course_page(*, code: str = "TEST", slug: str = "test-course", **fields: Any) -> CoursePage:
    """A course page without stages."""
    parent = CatalogueIndexPage.objects.first() or _add(
        home(), CatalogueIndexPage(title="Courses", slug="courses")
    )
    identity = Course.objects.create(code=code, title=f"Course {code}", provider="Test provider")
    page = CoursePage(
        title=f"Course {code}",
        slug=slug,
        course=identity,
        one_line="A course for tests.",
        lead="A course for tests.",
        who_for="<p>Tests</p>",
        outcomes=[("item", "Explain one thing.")],
        how_to_pass="<p>Do everything.</p>",
        certificate_statement="It says nothing else.",
        **fields,
    )
    return _add(parent, page)


def stage(parent: CoursePage, title: str, **fields: Any) -> StagePage:
    return _add(parent, StagePage(title=title, **fields))


def lesson(parent: StagePage, title: str, **fields: Any) -> LessonPage:
    body = [
        ("paragraph", f"<p>{SECRET_LESSON} of {title}</p>"),
        ("activity_prompt", {"title": "Look at a group", "text": "<p>Who decides?</p>"}),
    ]
    return _add(parent, LessonPage(title=title, body=body, self_directed_minutes=10, **fields))


def session_page(parent: StagePage, title: str, **fields: Any) -> LiveSessionPage:
    """A meeting of two hours with a make-up task."""
    words = {
        "body": [("paragraph", f"<p>{SECRET_LESSON} of {title}: we will sit in a circle.</p>")],
        "bring": f"<p>Bring a pen to {title}.</p>",
        "make_up": f"<p>Write down what you would have said at {title}.</p>",
        "participatory_minutes": 120,
    }
    return _add(parent, LiveSessionPage(title=title, **{**words, **fields}))


def coursework_page(parent: StagePage, title: str, **fields: Any) -> CourseworkPage:
    """Something to hand in, as text or as files."""
    words = {
        "body": [("paragraph", f"<p>{SECRET_LESSON} of {title}: write one page.</p>")],
        "looks_for": "<ul><li>It says who decides.</li></ul>",
        "self_directed_minutes": 30,
    }
    return _add(parent, CourseworkPage(title=title, **{**words, **fields}))


def quiz_page(
    parent: StagePage,
    title: str,
    questions: list[Question],
    *,
    must_be_right: Collection[int] = (),
    **fields: Any,
) -> QuizPage:
    """A published quiz; `must_be_right` are the places, from 1, of its safety questions."""
    defaults = {"self_directed_minutes": 10, "pass_mark_percent": 60, "attempts_allowed": 2}
    page = _add(parent, QuizPage(title=title, **{**defaults, **fields}))
    for place, question in enumerate(questions):
        QuizQuestion.objects.create(
            page=page, question=question, sort_order=place, must_be_right=place + 1 in must_be_right
        )
    return page


def question(identity: Course, text: str, *, kind: str = "single", right: tuple[int, ...] = (0,)) -> Question:
    """A question of three options (two for true/false); `right` are the places of the right ones."""
    words = (
        ["True", "False"] if kind == "true_false" else [f"{text} {name}" for name in ("one", "two", "three")]
    )
    options = [
        ("option", {"text": word, "is_right": n in right, "feedback": f"{SECRET_FEEDBACK} {n}"})
        for n, word in enumerate(words)
    ]
    return Question.objects.create(
        course=identity, kind=kind, text=text, options=options, feedback=f"{SECRET_FEEDBACK}: the idea"
    )


def questions(identity: Course) -> list[Question]:
    """One question of each kind."""
    return [
        question(identity, "First"),
        question(identity, "Second", kind="multiple", right=(0, 2)),
        question(identity, "Third", kind="true_false", right=(1,)),
    ]


def course(*, at: datetime, code: str = "TEST", capacity: int | None = 10, **quiz_fields: Any) -> BuiltCourse:
    """A published course: stage one with two lessons and an optional one; stage two with the quiz."""
    key = ("course", at, code, capacity, *sorted(quiz_fields.items()))
    return remembered(key, lambda: _course(at=at, code=code, capacity=capacity, **quiz_fields))


def remembered(key: snapshots.Key, make: Callable[[], BuiltCourse]) -> BuiltCourse:
    """What `make` builds; from memory, if it is the first course of a test."""
    if CatalogueIndexPage.objects.exists():
        return make()

    def build() -> dict[str, Any]:
        made = make()
        return {"page": made.page.pk, "edition": made.edition.pk, "cohort": made.cohort.pk}

    home()
    ids = snapshots.remembered(key, build)
    return BuiltCourse(
        page=CoursePage.objects.get(pk=ids["page"]),
        edition=Edition.objects.get(pk=ids["edition"]),
        cohort=Cohort.objects.get(pk=ids["cohort"]),
    )


def _course(*, at: datetime, code: str, capacity: int | None, **quiz_fields: Any) -> BuiltCourse:
    page = course_page(code=code, slug=f"{code.lower()}-course")
    first = stage(page, "First stage")
    lesson(first, "Lesson one")
    lesson(first, "Lesson two")
    lesson(first, "Something extra", is_required=False)
    second = stage(page, "Second stage")
    quiz_page(second, "The quiz", questions(page.course), **quiz_fields)
    publisher = User.objects.create_user(f"publisher-{code.lower()}@example.org", "x" * 20)
    edition = editions.publish(course_page=page, by=publisher, at=at)
    return BuiltCourse(page=page, edition=edition, cohort=cohort(edition, at=at, capacity=capacity))


def cohort(edition: Edition, *, at: datetime, **fields: Any) -> Cohort:
    """A rolling cohort that anybody may join."""
    defaults = {
        "name": "Start any time",
        "starts_on": at.date(),
        "enrolment_opens_at": at - timedelta(days=1),
    }
    return Cohort.objects.create(edition=edition, **{**defaults, **fields})


def accreditation(
    identity: Course, *, first: date, last: date, body: str = "Example Body", **fields: Any
) -> AccreditationRecord:
    """What an outside body has confirmed, for these days."""
    return AccreditationRecord.objects.create(
        course=identity, body=body, reference="EB-1", valid_from=first, valid_until=last, **fields
    )


def topic(name: str, *pages: CoursePage) -> Topic:
    """A topic, chosen on these pages."""
    made = Topic.objects.get_or_create(name=name, defaults={"slug": slugify(name)})[0]
    through = CoursePage.topics.through
    through.objects.bulk_create(through(coursepage=page, topic=made) for page in pages)
    return made


def _add(parent: Page, page: Any) -> Any:
    """A published page. Its first revision is made by the edition that freezes it: tests must be quick."""
    parent.refresh_from_db(fields=["path", "depth", "numchild"])
    with disable_reference_index_auto_update():
        parent.add_child(instance=page)
    return page
