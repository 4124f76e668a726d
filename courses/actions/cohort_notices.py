"""What the team tells everybody on a cohort."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from courses.actions import tell
from courses.actions.refusals import ActionRefused
from courses.cohorts.models import Cohort
from courses.cohorts.notices import LONGEST_NOTICE, CohortNotice
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.outbox import writing as outbox

POSTED, REMOVED = "courses.post_notice", "courses.remove_notice"


class NoticeRefused(ActionRefused):
    """The notice was not posted."""


@transaction.atomic
def post(*, cohort_id: int, text: str, token: UUID, by: Any, at: datetime) -> CohortNotice:
    """Put a notice on the page of a cohort and tell everybody who has a place.

    Safe to repeat: a form that is sent twice posts once. Raises Cohort.DoesNotExist and NoticeRefused.
    """
    already: CohortNotice | None = CohortNotice.objects.filter(token=token, by=by, cohort=cohort_id).first()
    if already is not None:
        return already
    text = text.replace("\0", "").strip()
    if not text:
        raise NoticeRefused(_("Please write something first."))
    if len(text) > LONGEST_NOTICE:
        raise NoticeRefused(_("This is too long. Please make it shorter."))
    cohort = Cohort.objects.get(pk=cohort_id)
    notice = CohortNotice.objects.create(cohort=cohort, text=text, token=token, by=by, at=at)
    # One entry here, and the many later: posting is as quick for a thousand learners as for ten.
    outbox.write(kind="notice-posted", at=at, notice=notice.pk)
    log(cohort, POSTED, user=by, timestamp=at, data={"notice": notice.pk})
    return notice


@transaction.atomic
def spread(*, notice_id: int, at: datetime) -> int:
    """Tell everybody who has a place; return how many. Safe to repeat: each is told once.

    A notice that was taken away meanwhile is told to nobody.
    """
    notice = CohortNotice.objects.filter(pk=notice_id).first()
    if notice is None:
        return 0
    places = Enrolment.objects.filter(cohort=notice.cohort_id).exclude(status=State.ENDED.value)
    found = list(places.order_by("pk").values_list("pk", "learner_id"))
    for enrolment_id, learner_id in found:
        tell.later(
            kind="cohort_notice",
            learner=learner_id,
            about=f"cohortnotice:{notice_id}",
            at=at,
            notice=notice_id,
            enrolment=enrolment_id,
        )
    return len(found)


@transaction.atomic
def remove(*, notice_id: int, cohort_id: int, by: Any, at: datetime) -> None:
    """Take a notice away from the cohort's page and from everybody's notices. Safe to repeat.

    E-mails that were sent cannot be taken back.
    """
    cohort = Cohort.objects.get(pk=cohort_id)
    gone, _rows = CohortNotice.objects.filter(pk=notice_id, cohort=cohort).delete()
    if gone:
        log(cohort, REMOVED, user=by, timestamp=at, data={"notice": notice_id})
