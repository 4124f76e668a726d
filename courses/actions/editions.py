"""Publishing an edition: freezing what a course is, as its pages stand now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from wagtail.fields import StreamField
from wagtail.models import Revision

from courses.actions.refusals import ActionRefused
from courses.catalogue import accreditation
from courses.catalogue import outline as outlines
from courses.catalogue.models import Activity, Course, Edition, EditionPage
from courses.catalogue.outline import (
    ActivityOutline,
    CertificateRules,
    Outline,
    Problem,
    QuizRules,
    StageOutline,
    Trouble,
)
from courses.catalogue.pages import (
    CoursePage,
    CourseworkPage,
    LessonPage,
    LiveSessionPage,
    QuizPage,
    StagePage,
)

ActivityPage = LessonPage | QuizPage | LiveSessionPage | CourseworkPage


class PublicationRefused(ActionRefused):
    """An edition cannot be published; `problems` says what to mend, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


class ChangedMeanwhile(ActionRefused):
    """The pages are no longer what the editor looked at before pressing the button."""


@transaction.atomic
def publish(*, course_page: CoursePage, by: Any, at: datetime, note: str = "", seen: str = "") -> Edition:
    """Freeze the published pages of a course as its next edition, with a note on what changed and why.

    `seen` is the fingerprint of the outline that the editor looked at; empty when nobody looked.
    Safe to repeat: when nothing has changed since the last edition, that one is returned as it is.
    Raises PublicationRefused when learners could not complete what would be frozen, and
    ChangedMeanwhile when somebody has changed the pages since the editor looked.
    """
    course = Course.objects.select_for_update().get(pk=course_page.course_id)
    pages = activity_pages(course_page)
    outline = draw_outline(course_page=course_page, course=course, pages=pages, at=at)
    found = outlines.problems(outline)
    if found:
        raise PublicationRefused([problem_sentence(problem) for problem in found])
    newest: Edition | None = Edition.objects.filter(course=course).order_by("-number").first()
    if newest is not None and outlines.same_rules(newest.outline, outline):
        return newest
    if seen and seen != outlines.fingerprint(outline):
        raise ChangedMeanwhile(
            _("Somebody has changed the pages since you looked. Please look again before you publish.")
        )
    revisions = _name_activities(course=course, pages=pages)
    edition = Edition(
        course=course,
        number=newest.number + 1 if newest else 1,
        frozen=outlines.to_json(draw_outline(course_page=course_page, course=course, pages=pages, at=at)),
        published_at=at,
        published_by=by,
        note=note.strip(),
    )
    edition.save()
    _name_pages(edition, revisions)
    return edition


Pages = list[tuple[StagePage, list[ActivityPage]]]


@dataclass(frozen=True, slots=True)
class CourseTree:
    """Every stage and activity under a course page, drafts too, in order. Texts are not fetched."""

    stages: list[StagePage]
    activities: list[ActivityPage]

    @property
    def published(self) -> Pages:
        """The published stages, each with its published activities."""
        return [
            (stage, [page for page in self.of(stage) if page.live]) for stage in self.stages if stage.live
        ]

    def of(self, stage: StagePage) -> list[ActivityPage]:
        """The activities of one stage."""
        return [page for page in self.activities if page.path.startswith(stage.path)]


def course_tree(course_page: CoursePage) -> CourseTree:
    """Five queries, whatever the size of the course."""
    found = [
        *_written(LessonPage, course_page),
        *_written(LiveSessionPage, course_page),
        *_written(CourseworkPage, course_page),
        *_quizzes(course_page),
    ]
    return CourseTree(
        stages=list(StagePage.objects.child_of(course_page).order_by("path")),
        activities=sorted(found, key=lambda page: page.path),
    )


def _written(model: type[ActivityPage], course_page: CoursePage) -> list[ActivityPage]:
    """The activities of one kind, without their long texts."""
    texts = [f.name for f in model._meta.local_fields if isinstance(f, StreamField)]
    return list(model.objects.descendant_of(course_page).defer(*texts))


def _quizzes(course_page: CoursePage) -> list[QuizPage]:
    """The quizzes, each with how many questions it asks, and the ids of those that must be right, rising.

    One query: a row for every question, so the page of a quiz is read as often as it asks something.
    """
    rows = QuizPage.objects.descendant_of(course_page).annotate(
        asked=F("quiz_questions__question"), must=F("quiz_questions__must_be_right")
    )
    found: list[QuizPage] = []
    for _path, some in groupby(rows.order_by("path", "asked"), key=lambda row: row.path):
        uses = list(some)
        page = uses[0]
        page.question_count = sum(use.asked is not None for use in uses)
        page.must_be_right = tuple(use.asked for use in uses if use.must)
        found.append(page)
    return found


def activity_pages(course_page: CoursePage) -> Pages:
    """The published stages of a course in order, each with its published activities in order."""
    return course_tree(course_page).published


def problem_sentence(problem: Problem) -> str:
    """What keeps an edition from being published, as something that an editor can act on."""
    sentences = {
        Trouble.NO_STAGES: _(
            "This course has no stages yet. Add a stage, with activities, under the course page."
        ),
        Trouble.EMPTY_STAGE: _("Stage “%(title)s” has no activities. Add a lesson or a quiz, or remove it."),
        Trouble.TOO_FEW_SESSIONS: _(
            "The course page asks for more live sessions than are required here. Make the number smaller, "
            "or add sessions."
        ),
        Trouble.NO_TIME_TOGETHER: _("Live session “%(title)s” has no minutes. Say how long it takes."),
        Trouble.TAKES_NOTHING: _(
            "Coursework “%(title)s” can be handed in in no form. Tick text, files, or both."
        ),
        Trouble.NOTHING_REQUIRED: _("Nothing in this course is required, so nobody could complete it."),
        Trouble.NO_MINUTES: _("“%(title)s” has no minutes. Say how long it takes."),
        Trouble.NO_RULES: _("Quiz “%(title)s” has no rules."),
        Trouble.NO_QUESTIONS: _("Quiz “%(title)s” has no questions. Add at least one."),
        Trouble.PASS_MARK: _("Quiz “%(title)s” needs a pass mark from 0 to 100 per cent."),
        Trouble.NO_ATTEMPTS: _("Quiz “%(title)s” must allow at least one attempt."),
        Trouble.TOO_FEW_ASKED: _("Quiz “%(title)s” asks fewer questions than it says must be right."),
    }
    return sentences[problem.trouble] % {"title": problem.title}


def draw_outline(*, course_page: CoursePage, course: Course, pages: Pages, at: datetime) -> Outline:
    """The outline these pages make. Activities that have never been published get the id 0.

    What it says of accreditation is what the records say on this day, and nothing else (ADR 13).
    """
    keys = [page.translation_key for _stage, children in pages for page in children]
    known = dict(Activity.objects.filter(key__in=keys).values_list("key", "pk"))
    return Outline(
        course_code=course.code,
        course_title=course.title,
        outcomes=tuple(str(block.value) for block in course_page.outcomes),
        stages=tuple(
            _stage(number, stage, children, known)
            for number, (stage, children) in enumerate(pages, start=course_page.first_stage_number)
        ),
        certificate=CertificateRules(
            kind=course_page.certificate_kind,
            provider=course.provider,
            accreditation=accreditation.sentences(course_id=course.pk, days=(accreditation.today(at),)),
            statement=course_page.certificate_statement,
            notice=course_page.notice,
        ),
        sessions_needed=course_page.sessions_needed,
    )


def _stage(
    number: int,
    stage: StagePage,
    children: list[ActivityPage],
    known: dict[Any, int],
) -> StageOutline:
    return StageOutline(
        number=number,
        title=stage.title,
        summary=stage.summary,
        is_gated=stage.is_gated,
        activities=tuple(_activity(page, known) for page in children),
    )


def _activity(page: ActivityPage, known: dict[Any, int]) -> ActivityOutline:
    quiz = None
    if isinstance(page, QuizPage):
        quiz = QuizRules(
            pass_mark_percent=page.pass_mark_percent,
            attempts_allowed=page.attempts_allowed,
            time_limit_minutes=page.time_limit_minutes,
            question_count=page.question_count,
            must_be_right=page.must_be_right,
        )
    return ActivityOutline(
        activity_id=known.get(page.translation_key, 0),
        page_id=page.pk,
        revision_id=page.live_revision_id or 0,
        kind=page.kind,
        title=page.title,
        is_required=page.is_required,
        self_directed_minutes=page.self_directed_minutes or 0,
        participatory_minutes=(page.participatory_minutes or 0) if isinstance(page, LiveSessionPage) else 0,
        quiz=quiz,
        session=page.rules if isinstance(page, LiveSessionPage) else None,
        coursework=page.rules if isinstance(page, CourseworkPage) else None,
    )


def _name_pages(edition: Edition, revisions: Mapping[int, int]) -> None:
    EditionPage.objects.bulk_create(
        EditionPage(
            edition=edition,
            activity_id=activity.activity_id,
            page_id=activity.page_id,
            revision_id=revisions[activity.page_id],
        )
        for activity in edition.outline.activities
    )


def _name_activities(*, course: Course, pages: Pages) -> dict[int, int]:
    """Give every page its stable activity; return the id of the revision that each page shows now."""
    found = [page for _stage_page, children in pages for page in children]
    known = {a.key: a for a in Activity.objects.filter(key__in=[p.translation_key for p in found])}
    renamed: list[Activity] = []
    for page in found:
        activity = known.get(page.translation_key)
        if activity is not None and (activity.title, activity.course_id) != (page.title, course.pk):
            activity.title, activity.course = page.title, course
            renamed.append(activity)
    Activity.objects.bulk_update(renamed, ["title", "course"])
    Activity.objects.bulk_create(
        Activity(course=course, key=page.translation_key, kind=page.kind.value, title=page.title)
        for page in found
        if page.translation_key not in known
    )
    return {page.pk: page.live_revision_id or _first_revision(page).pk for page in found}


def _first_revision(page: ActivityPage) -> Revision:
    """A page that was made without a revision gets one, so that the edition has words to keep."""
    revision = page.save_revision()
    # It holds what is live, so nothing waits to be published.
    type(page).objects.filter(pk=page.pk).update(live_revision=revision, has_unpublished_changes=False)
    page.live_revision, page.has_unpublished_changes = revision, False
    return revision


def deletion_refusal(page_ids: Sequence[int]) -> str:
    """Why these pages cannot be deleted, naming the courses; empty when they can be."""
    named = EditionPage.objects.filter(page_id__in=page_ids).select_related("edition__course")
    titles = sorted({entry.edition.course.title for entry in named})
    if not titles:
        return ""
    return _(
        "This page cannot be deleted, because a published edition of %(courses)s needs it, and learners "
        "may be studying it. Unpublish it instead: learners then keep the words of their edition."
    ) % {"courses": ", ".join(f"“{title}”" for title in titles)}
