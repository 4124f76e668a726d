"""A cohort that people apply for, and what they write."""

from datetime import datetime
from typing import Any

from courses.actions import apply
from courses.cohorts.application_forms import ApplicationForm, ApplicationQuestion
from courses.cohorts.models import Cohort
from courses.enrolment.applications import Application

WHY, DAYS, AGREES = "qwhy00000000", "qdays0000000", "qagrees00000"


def form(**fields: Any) -> ApplicationForm:
    """A form of three questions: a long answer, boxes to tick that may stay empty, and one box."""
    intro = "<p>We choose by hand.</p>"
    made: ApplicationForm = ApplicationForm.objects.create(title="A form", intro=intro, **fields)
    kind = ApplicationQuestion.Kind
    rows: list[dict[str, Any]] = [
        {"key": WHY, "label": "Why would you like to come?", "kind": kind.MULTILINE},
        {
            "key": DAYS,
            "label": "Which days suit you?",
            "kind": kind.CHECKBOXES,
            "choices": "Monday\nTuesday, late\n",
            "is_required": False,
        },
        {"key": AGREES, "label": "I can come to most meetings.", "kind": kind.CHECKBOX},
    ]
    for order, row in enumerate(rows):
        ApplicationQuestion.objects.create(form=made, sort_order=order, **row)
    return made


def by_application(cohort: Cohort) -> Cohort:
    """Let people apply for a cohort from now on."""
    cohort.joining, cohort.application_form = Cohort.Joining.APPLICATION, form()
    cohort.save()
    return cohort


def answers(why: str = "Because I care.") -> list[dict[str, Any]]:
    """What is kept of a form that was filled in."""
    return [
        {"key": WHY, "question": "Why would you like to come?", "answer": why},
        {"key": DAYS, "question": "Which days suit you?", "answer": ["Tuesday, late"]},
        {"key": AGREES, "question": "I can come to most meetings.", "answer": True},
    ]


def typed(why: str = "Because I care.") -> dict[str, Any]:
    """The same as a browser sends it."""
    return {WHY: why, DAYS: ["Tuesday, late"], AGREES: "on"}


def apply_for(cohort: Cohort, person: Any, *, at: datetime, why: str = "Because I care.") -> Application:
    """Somebody applies, and sends it in."""
    made, _is_new = apply.keep(
        cohort_id=cohort.pk, applicant=person, answers=answers(why), at=at, is_final=True
    )
    return made
