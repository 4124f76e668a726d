"""A course may begin with a welcome. It has the number 0 in addresses and dates, and nobody sees that."""

import re
from collections.abc import Callable
from datetime import datetime, time
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cms.users.models import User
from courses.actions import editions, run_sheets
from courses.actions.run_sheets import DateDetails
from courses.cohorts.dates import Anchor, What
from courses.enrolment.models import Enrolment
from tests.factories import courses as build
from tests.factories import helping, meetings
from tests.factories.courses import BuiltCourse

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]
# As words, as the number of a circle, and at the head of a line or a column.
NOUGHT = re.compile(r"\b(stage|step) 0\b|>\s*0\s*<(?=/p>)|\b0\. |\b0\.\d</b>|<li value=.0", re.IGNORECASE)


@pytest.fixture
def enrolment(course: BuiltCourse, fay: User, ada: User, now: datetime) -> Enrolment:
    """Of somebody in a group of a course whose two stages are called 0 and 1, with dates for both."""
    page = course.page
    page.first_stage_number = 0
    page.save()
    edition = editions.publish(course_page=page, by=fay, at=now)
    cohort = build.cohort(edition, at=now, name="Welcomed")
    meetings.facilitator(cohort, fay)
    for what, stage, days in ((What.DEADLINE, 0, 7), (What.RELEASE, 1, 9)):
        details = DateDetails(
            what=what, stage_number=stage, anchor=Anchor.START, offset_days=days, local_time=time(9)
        )
        run_sheets.add_date(cohort_id=cohort.pk, details=details, by=fay, at=now)
    return BuiltCourse(page=page, edition=edition, cohort=cohort).enrol(ada, at=now)


def test_nobody_ever_reads_stage_0(
    enrolment: Enrolment, fay: User, ben: User, sign_in: SignIn, now: datetime
) -> None:
    cohort, pk = enrolment.cohort, enrolment.pk
    outline = cohort.edition.outline
    assert [stage.number for stage in outline.stages] == [0, 1]
    first, last = outline.activities[0].activity_id, outline.activities[-1].activity_id
    helper = helping.supports(enrolment, ben, at=now)
    welcome = outline.stages[0].title
    named = 0
    with time_machine.travel(now):
        pages = {
            fay: [
                reverse("staff:register", args=[cohort.pk]),
                reverse("staff:matrix", args=[cohort.pk]),
                reverse("staff:run_sheet", args=[cohort.pk]),
                reverse("staff:add_date", args=[cohort.pk]),
            ],
            enrolment.learner: [
                cohort.edition.course.page.url,
                reverse("learning:dashboard"),
                reverse("learning:course", args=[pk]),
                reverse("learning:activity", args=[pk, first]),
                reverse("learning:activity", args=[pk, last]),
                reverse("learning:print_stage", args=[pk, 0]),
                reverse("learning:cohort", args=[pk]),
            ],
            ben: [reverse("learning:supporting", args=[helper.pk])],
        }
        for person, paths in pages.items():
            client = sign_in(person)
            for path in paths:
                page = client.get(path)
                html = page.content.decode()
                # What is shut says what opens it.
                assert page.status_code == (403 if path.endswith(f"/{last}/") else 200), path
                assert NOUGHT.search(html) is None, (path, NOUGHT.search(html))
                named += welcome in html
    # Not in vain: nearly all of these pages name it.
    assert named >= 8
