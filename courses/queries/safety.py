"""What a learner reads about safety questions, which must all be right: before a quiz, and after it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.assessment.marking import Result
from courses.catalogue.outline import ActivityOutline, Outline, QuizRules


@dataclass(frozen=True, slots=True)
class SafetyRule:
    """What the safety questions of a quiz mean, before it is begun."""

    count: int
    title: str
    sentence: str


@dataclass(frozen=True, slots=True)
class SafetyResult:
    """How the safety questions of one try went. `missing` are the places of those not right yet."""

    count: int
    missing: list[int]
    sentence: str


def rule(quiz: QuizRules, *, activity: ActivityOutline, outline: Outline) -> SafetyRule | None:
    """None when the quiz has no safety questions. No query."""
    count = len(quiz.must_be_right)
    if not count:
        return None
    title = _("One safety question must be right")
    if count > 1:
        title = _("Each of the %d safety questions must be right") % count
    meaning = ngettext(
        "It is marked in the quiz. You pass when you reach %(percent)d%% and it is right in the same try.",
        "They are marked in the quiz. You pass when you reach %(percent)d%% and all of them are right in the "
        "same try.",
        count,
    ) % {"percent": quiz.pass_mark_percent}
    opens = _opens(len(outline.waiting_for(activity)))
    return SafetyRule(count, title, f"{meaning} {opens}".rstrip())


def _opens(stages: int) -> str:
    if not stages:
        return ""
    return ngettext("The next stage opens after that.", "The later stages open after that.", stages)


def result(marked: Result) -> SafetyResult | None:
    """None when the paper has no safety questions. No query."""
    count, missing = len(marked.must_be_right), [question.slot for question in marked.not_right_yet]
    if not count:
        return None
    return SafetyResult(count=count, missing=missing, sentence=_sentence(marked, count, len(missing)))


def _sentence(marked: Result, count: int, missing: int) -> str:
    """Plainly, and without blame: what is right, or how much is not right yet."""
    if not missing:
        return _all_right(count, is_enough=marked.passed)
    sentence = _not_right_yet(count, missing)
    return f"{_('You have reached the pass mark.')} {sentence}" if marked.reached_pass_mark else sentence


def _all_right(count: int, *, is_enough: bool) -> str:
    if count == 1:
        right, again = _("The safety question is right."), _("It must be right in your next try, too.")
    else:
        right = _("Each of the %d safety questions is right.") % count
        again = _("They must be right in your next try, too.")
    return right if is_enough else f"{right} {again}"


def _not_right_yet(count: int, missing: int) -> str:
    if count == 1:
        return _("The safety question is not right yet. It is marked below.")
    return ngettext(
        "%(missing)d of the %(count)d safety questions is not right yet. It is marked below.",
        "%(missing)d of the %(count)d safety questions are not right yet. They are marked below.",
        missing,
    ) % {"missing": missing, "count": count}
