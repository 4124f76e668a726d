"""The next edition of a course before it is published: its contents, what is missing, what would change."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page

from courses.actions import editions
from courses.actions.editions import CourseTree
from courses.catalogue import comparison
from courses.catalogue import outline as outlines
from courses.catalogue.models import Edition
from courses.catalogue.outline import ActivityOutline, Outline, Problem
from courses.catalogue.pages import CoursePage, QuizPage
from courses.queries import differences
from courses.queries.contents import Contents, contents
from courses.queries.differences import Difference
from courses.queries.impact import Impact, impact

# Fewer questions than this say little about what somebody has understood.
FEW_QUESTIONS = 3


@dataclass(frozen=True, slots=True)
class ToMend:
    """One thing that an editor may want to mend, and the page where it is done."""

    sentence: str
    url: str
    link_text: str


@dataclass(frozen=True, slots=True)
class Preparation:
    """Everything to know before publishing. `problems` keep the edition back; `hints` do not."""

    number: int
    newest: Edition | None
    contents: Contents
    fingerprint: str
    problems: list[ToMend]
    hints: list[ToMend]
    differences: list[Difference]
    impact: Impact

    @property
    def is_unchanged(self) -> bool:
        """Whether the newest edition already asks exactly this."""
        return self.newest is not None and not self.differences

    @property
    def can_publish(self) -> bool:
        return not self.problems and not self.is_unchanged


def preparation(*, course_page: CoursePage, at: datetime) -> Preparation:
    """What the next edition of a course would be. Twelve queries, whatever the size of the course."""
    course = course_page.course
    newest = Edition.objects.filter(course=course).order_by("-number").first()
    tree = editions.course_tree(course_page)
    outline = editions.draw_outline(course_page=course_page, course=course, pages=tree.published, at=at)
    changes = comparison.changes(newest.outline, outline) if newest else ()
    return Preparation(
        number=newest.number + 1 if newest else 1,
        newest=newest,
        contents=contents(outline),
        fingerprint=outlines.fingerprint(outline),
        problems=[_problem(problem, course_page, tree) for problem in outlines.problems(outline)],
        hints=[*hints(course_page, tree), *_safety_hints(outline)],
        differences=differences.in_words(changes),
        impact=impact(course=course, outline=outline),
    )


def _problem(problem: Problem, course_page: CoursePage, tree: CourseTree) -> ToMend:
    """The trouble in words, with the page to mend: an activity, a stage, or the list of all of them."""
    sentence = editions.problem_sentence(problem)
    if problem.page_id:
        return _at_page(sentence, problem.page_id, problem.title)
    if problem.stage:
        stage, _activities = tree.published[problem.stage - 1]
        url = reverse("wagtailadmin_explore", args=[stage.pk])
        return ToMend(sentence, url, _("Open “%(title)s”") % {"title": stage.title})
    url = reverse("wagtailadmin_explore", args=[course_page.pk])
    return ToMend(sentence, url, _("Open the pages of this course"))


def _at_page(sentence: str, page_id: int, title: str) -> ToMend:
    url = reverse("wagtailadmin_pages:edit", args=[page_id])
    return ToMend(sentence, url, _("Edit “%(title)s”") % {"title": title})


def hints(course_page: CoursePage, tree: CourseTree) -> list[ToMend]:
    """What does not keep an edition back, but is good to know before it is frozen. No query."""
    found = [_at_page(text, course_page.pk, course_page.title) for text in _course_hints(course_page)]
    for stage in tree.stages:
        activities = tree.of(stage)
        found += [_at_page(text, stage.pk, stage.title) for text in _draft_hints(stage)]
        if not stage.live and any(page.live for page in activities):
            left_out = _("“%(title)s” is a draft, so the activities in it are left out too.")
            found.append(_at_page(left_out % {"title": stage.title}, stage.pk, stage.title))
        for page in activities:
            sentences = [*_draft_hints(page), *(_quiz_hints(page) if isinstance(page, QuizPage) else ())]
            found += [_at_page(text, page.pk, page.title) for text in sentences]
    return found


def _safety_hints(outline: Outline) -> list[ToMend]:
    """The quizzes with safety questions for which no later stage waits: that may be a mistake."""
    return [
        _at_page(_waits_for_nothing(activity), activity.page_id, activity.title)
        for activity in outline.activities
        if activity.quiz and activity.quiz.must_be_right
        if outline.stages_after(activity) and not outline.waiting_for(activity)
    ]


def _waits_for_nothing(quiz: ActivityOutline) -> str:
    if quiz.is_required:
        text = _("Quiz “%(title)s” has safety questions, but all later stages are open from the start.")
    else:
        text = _("Quiz “%(title)s” has safety questions, but is optional, so no later stage waits for it.")
    return text % {"title": quiz.title}


def _course_hints(page: CoursePage) -> list[str]:
    found = []
    if not page.outcomes:
        found.append(_("The course page names no learning outcomes, so certificates will show none."))
    if not page.certificate_statement:
        found.append(_("The course page does not say what the certificate does not say."))
    if not page.live:
        found.append(_("The course page is a draft, so nobody can find this course yet."))
    elif page.has_unpublished_changes:
        found.append(
            _("The course page has changes that are not published. This edition does not have them.")
        )
    return found


def _draft_hints(page: Page) -> list[str]:
    words = {"title": page.title}
    if page.go_live_at and not page.live:
        day = date_format(page.go_live_at, "DATE_FORMAT")
        return [
            _("“%(title)s” will be published on %(day)s. Until then it is left out.") % {**words, "day": day}
        ]
    if not page.live:
        return [_("“%(title)s” is a draft, so it is left out.") % words]
    if page.has_unpublished_changes:
        return [
            _("“%(title)s” has changes that are not published. Learners see the words before them.") % words
        ]
    return []


def _quiz_hints(page: Any) -> list[str]:
    count = page.question_count
    if not page.live or not 0 < count < FEW_QUESTIONS:
        return []
    text = ngettext(
        "Quiz “%(title)s” has only %(count)d question. That says little about what somebody has understood.",
        "Quiz “%(title)s” has only %(count)d questions. That says little about what somebody has understood.",
        count,
    )
    return [text % {"title": page.title, "count": count}]
