"""Publishing an edition: freezing what a course is, as its pages stand now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _
from wagtail.models import Revision

from courses.actions.refusals import ActionRefused
from courses.catalogue import outline as outlines
from courses.catalogue.models import Activity, Course, Edition, EditionPage
from courses.catalogue.outline import ActivityOutline, CertificateRules, Outline, QuizRules, StageOutline
from courses.catalogue.pages import CoursePage, LessonPage, QuizPage, StagePage

ActivityPage = LessonPage | QuizPage


class PublicationRefused(ActionRefused):
    """An edition cannot be published; `problems` says what to mend, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


@transaction.atomic
def publish(*, course_page: CoursePage, by: Any, at: datetime) -> Edition:
    """Freeze the published pages of a course as its next edition.

    Safe to repeat: when nothing has changed since the last edition, that one is returned.
    Raises PublicationRefused when learners could not complete what would be frozen.
    """
    course = Course.objects.select_for_update().get(pk=course_page.course_id)
    pages = activity_pages(course_page)
    outline = draw_outline(course_page=course_page, course=course, pages=pages)
    found = outlines.problems(outline)
    if found:
        raise PublicationRefused(found)
    return _next_edition(course=course, outline=outline, pages=pages, by=by, at=at)


Pages = list[tuple[StagePage, list[ActivityPage]]]


def activity_pages(course_page: CoursePage) -> Pages:
    """The published stages of a course in order, each with its published activities in order."""
    stages = StagePage.objects.live().child_of(course_page).order_by("path")
    return [
        (stage, [page.specific for page in stage.get_children().live().order_by("path")]) for stage in stages
    ]


def preview(*, course_page: CoursePage) -> list[str]:
    """What keeps this course from being published now; empty when it can be. Writes nothing."""
    pages = activity_pages(course_page)
    outline = draw_outline(course_page=course_page, course=course_page.course, pages=pages)
    return outlines.problems(outline)


def draw_outline(*, course_page: CoursePage, course: Course, pages: Pages) -> Outline:
    """The outline these pages make. Activities that have never been published get the id 0."""
    keys = [page.translation_key for _stage, children in pages for page in children]
    known = dict(Activity.objects.filter(key__in=keys).values_list("key", "pk"))
    counts = _question_counts(pages)
    return Outline(
        course_code=course.code,
        course_title=course.title,
        outcomes=tuple(str(block.value) for block in course_page.outcomes),
        stages=tuple(
            _stage(number, stage, children, known, counts)
            for number, (stage, children) in enumerate(pages, start=1)
        ),
        certificate=CertificateRules(
            kind=course_page.certificate_kind,
            provider=course.provider,
            accreditation=course_page.accreditation,
            statement=course_page.certificate_statement,
            notice=course_page.notice,
        ),
    )


def _question_counts(pages: Pages) -> dict[int, int]:
    quizzes = [p.pk for _stage, children in pages for p in children if isinstance(p, QuizPage)]
    counted = QuizPage.objects.filter(pk__in=quizzes).annotate(n=Count("quiz_questions"))
    return dict(counted.values_list("pk", "n"))


def _stage(
    number: int,
    stage: StagePage,
    children: list[ActivityPage],
    known: dict[Any, int],
    counts: dict[int, int],
) -> StageOutline:
    return StageOutline(
        number=number,
        title=stage.title,
        summary=stage.summary,
        is_gated=stage.is_gated,
        activities=tuple(_activity(page, known, counts) for page in children),
    )


def _activity(page: ActivityPage, known: dict[Any, int], counts: dict[int, int]) -> ActivityOutline:
    quiz = None
    if isinstance(page, QuizPage):
        quiz = QuizRules(
            pass_mark_percent=page.pass_mark_percent,
            attempts_allowed=page.attempts_allowed,
            time_limit_minutes=page.time_limit_minutes,
            question_count=counts.get(page.pk, 0),
        )
    return ActivityOutline(
        activity_id=known.get(page.translation_key, 0),
        page_id=page.pk,
        revision_id=page.live_revision_id or 0,
        kind=page.kind,
        title=page.title,
        is_required=page.is_required,
        self_directed_minutes=page.self_directed_minutes,
        participatory_minutes=0,
        quiz=quiz,
    )


def _next_edition(*, course: Course, outline: Outline, pages: Pages, by: Any, at: datetime) -> Edition:
    newest: Edition | None = Edition.objects.filter(course=course).order_by("-number").first()
    if newest is not None and outlines.same_rules(newest.outline, outline):
        return newest
    revisions = _name_activities(course=course, pages=pages)
    course_page = CoursePage.objects.get(course=course)
    outline = draw_outline(course_page=course_page, course=course, pages=pages)
    edition = Edition(
        course=course,
        number=newest.number + 1 if newest else 1,
        frozen=outlines.to_json(outline),
        published_at=at,
        published_by=by,
    )
    edition.save()
    EditionPage.objects.bulk_create(
        EditionPage(
            edition=edition, activity_id=a.activity_id, page_id=a.page_id, revision=revisions[a.page_id]
        )
        for a in outline.activities
    )
    return edition


def _name_activities(*, course: Course, pages: Pages) -> dict[int, Revision]:
    """Give every page its stable activity; return the revision that each page shows now."""
    revisions: dict[int, Revision] = {}
    for _stage_page, children in pages:
        for page in children:
            Activity.objects.update_or_create(
                key=page.translation_key,
                defaults={"course": course, "kind": page.kind.value, "title": page.title},
            )
            revisions[page.pk] = page.live_revision or _first_revision(page)
    return revisions


def _first_revision(page: ActivityPage) -> Revision:
    """A page that was made without a revision gets one, so that the edition has words to keep."""
    revision = page.save_revision()
    type(page).objects.filter(pk=page.pk).update(live_revision=revision)
    page.live_revision = revision
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
