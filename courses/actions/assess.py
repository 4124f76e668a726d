"""Deciding about work that was handed in. Two people may look at the same time: one of them decides."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from courses.actions import study, tell
from courses.actions.refusals import ActionRefused
from courses.assessment.assessors import assessable
from courses.assessment.coursework import Submission
from courses.assessment.states import WorkState
from courses.catalogue.outline import Kind
from courses.ledger import models as ledger
from courses.progress.rules import Outcome

LONGEST = 4_000
DECIDED = {
    WorkState.SENT_BACK: ("work sent back", Outcome.SENT_BACK, "coursework_sent_back"),
    WorkState.SIGNED_OFF: ("work signed off", Outcome.DONE, "coursework_signed_off"),
}


class DecisionRefused(ActionRefused):
    """Nothing was decided: somebody else was quicker, or the learner has handed in again."""


@transaction.atomic
def send_back(*, submission_id: int, comment: str, by: Any, at: datetime) -> Submission:
    """Give work back with a comment that says what is missing.

    Raises Submission.DoesNotExist when it is not theirs, and DecisionRefused with the reason.
    """
    words = _tidy(comment)
    if not words:
        raise DecisionRefused(_("Please say what is missing, so that the learner knows what to do."))
    return _decide(submission_id, WorkState.SENT_BACK, words, by=by, at=at)


@transaction.atomic
def sign_off(*, submission_id: int, by: Any, at: datetime, comment: str = "") -> Submission:
    """Say that the work is good: the activity is done. Of a session, it is made up for.

    Raises as `send_back` does.
    """
    return _decide(submission_id, WorkState.SIGNED_OFF, _tidy(comment), by=by, at=at)


def _decide(submission_id: int, to: WorkState, comment: str, *, by: Any, at: datetime) -> Submission:
    if len(comment) > LONGEST:
        raise DecisionRefused(
            _("Please make the comment shorter: %(longest)d characters are the most.") % {"longest": LONGEST}
        )
    found: Submission = assessable(by).select_related("enrolment__learner").get(pk=submission_id)
    enrolment = study.locked_enrolment(enrolment_id=found.enrolment_id, learner=found.enrolment.learner)
    if not found.move_to(to, decided_by=by, decided_at=at, comment=comment):
        raise DecisionRefused(_what_happened(submission_id))
    action, outcome, message = DECIDED[to]
    activity = enrolment.cohort.edition.outline.activity(found.activity_id)
    made_up = activity is not None and activity.kind is Kind.LIVE_SESSION
    ledger.write(
        action=action,
        learner=enrolment.learner,
        subject=enrolment,
        by=by,
        at=at,
        reason="made up" if made_up and to is WorkState.SIGNED_OFF else "",
        activity=found.activity_id,
        number=found.number,
    )
    study.keep(enrolment=enrolment, activity_id=found.activity_id, outcome=outcome, by=by, at=at)
    tell.later(
        kind=message,
        learner=enrolment.learner_id,
        about=f"submission:{found.pk}",
        at=at,
        submission=found.pk,
        enrolment=enrolment.pk,
    )
    return found


def _what_happened(submission_id: int) -> str:
    now = Submission.objects.select_related("decided_by").get(pk=submission_id)
    who = now.decided_by.get_full_name() if now.decided_by else ""
    sentences = {
        WorkState.REPLACED: _(
            "The learner has handed in again meanwhile, so nothing was decided. Please read the newer one."
        ),
        WorkState.SENT_BACK: _("%(name)s has sent this back already. Your comment was not sent.")
        % {"name": who},
        WorkState.SIGNED_OFF: _("%(name)s has signed this off already.") % {"name": who},
    }
    return sentences[WorkState(now.status)]


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\x00", "").strip()
