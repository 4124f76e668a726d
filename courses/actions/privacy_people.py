"""What a team's work with one person leaves: messages to them, and what they were allowed at quizzes."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from cms.users.privacy import Export, RetentionRule, Row, Section, eraser, exporter, retain
from courses.assessment.allowances import Allowance
from courses.cohorts.notices import CohortNotice
from courses.enrolment.team_messages import TeamMessage, TeamMessageTo

TWO_YEARS = timedelta(days=730)


@exporter
def export(user: Any) -> Export:
    """What the team wrote to somebody, what they wrote as a team, and what they were allowed."""
    tables = [
        (_("What your course team wrote to you"), _messages(user)),
        (_("What you were allowed at quizzes"), _allowances(user)),
        (_("Choices about your name in your group"), _names(user)),
        (_("What you wrote to learners"), _written(user)),
    ]
    return Export(sections=[Section(title, rows) for title, rows in tables if rows], attachments=[])


def _messages(user: Any) -> list[Row]:
    """Who wrote is not told by name: that is somebody else's data."""
    found = TeamMessageTo.objects.filter(enrolment__learner=user).select_related("message")
    return [
        [
            (_("Subject"), one.message.subject),
            (_("Words"), one.message.text),
            (_("When"), one.message.at.isoformat()),
        ]
        for one in found
    ]


def _allowances(user: Any) -> list[Row]:
    found = Allowance.objects.filter(enrolment__learner=user).select_related("activity")
    return [
        [
            (_("Quiz"), one.activity.title),
            (_("More tries"), str(one.extra_attempts)),
            (_("Time in per cent"), str(one.time_factor_percent)),
            (_("Reason"), one.reason),
            (_("When"), one.at.isoformat()),
        ]
        for one in found
    ]


def _names(user: Any) -> list[Row]:
    shown = user.enrolments.filter(shows_name_to_cohort=True).select_related("cohort")
    return [[(_("Group"), one.cohort.name), (_("Your name is shown"), _("yes"))] for one in shown]


def _written(user: Any) -> list[Row]:
    messages = TeamMessage.objects.filter(by=user).values_list("subject", "text", "at")
    notices = CohortNotice.objects.filter(by=user).values_list("text", "at")
    rows = [*messages, *(("", text, at) for text, at in notices)]
    return [
        [(_("Subject"), subject), (_("Words"), text), (_("When"), at.isoformat())]
        for subject, text, at in rows
    ]


@eraser
def erase(user: Any, at: datetime) -> None:
    """Forget what was written to somebody alone, what they were allowed and why, and who saw their name.

    What a team wrote to others stays: it belongs to them, and its author is no longer named.
    """
    Allowance.objects.filter(enrolment__learner=user).delete()
    TeamMessageTo.objects.filter(enrolment__learner=user).delete()
    TeamMessage.objects.filter(recipients__isnull=True).delete()
    user.enrolments.filter(shows_name_to_cohort=True).update(shows_name_to_cohort=False)


def _old_messages(at: datetime) -> Any:
    return TeamMessage.objects.filter(at__lt=at - TWO_YEARS)


def _old_notices(at: datetime) -> Any:
    return CohortNotice.objects.filter(at__lt=at - TWO_YEARS)


def _old_allowances(at: datetime) -> Any:
    return Allowance.objects.filter(enrolment__ended_at__lt=at - TWO_YEARS)


retain(
    RetentionRule(
        name="team-messages",
        sentence="What a course team wrote to learners is deleted after two years.",
        keep_for=TWO_YEARS,
        expired=_old_messages,
    )
)
retain(
    RetentionRule(
        name="cohort-notices",
        sentence="Notices for a whole group are deleted after two years.",
        keep_for=TWO_YEARS,
        expired=_old_notices,
    )
)
retain(
    RetentionRule(
        name="allowances",
        sentence="What a learner was allowed at quizzes is deleted two years after the place ended.",
        keep_for=TWO_YEARS,
        expired=_old_allowances,
    )
)
