"""What places cost in the demo: the groups with workshops are paid for, everything else is free.

Safe to repeat: a group that has prices keeps them. Amounts are made up.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from courses.cohorts.models import Cohort
from courses.cohorts.prices import Price
from home.demo import groups

WITH_WORKSHOPS, LOWER, EARLY = 6000, 2000, 4500
FOR_WHOM = "I live on a low income or on benefits, or I am a member of a self-help group."


def populate(cohorts: Sequence[Cohort], *, at: datetime) -> None:
    """The prices come last: who is in a group by then did not pay."""
    for cohort in cohorts:
        if cohort.name not in (groups.NEXT, groups.LATER) or Price.objects.filter(cohort=cohort).exists():
            continue
        Price.objects.create(cohort=cohort, amount=WITH_WORKSHOPS)
        Price.objects.create(cohort=cohort, amount=LOWER, kind=Price.Kind.CONCESSION, condition=FOR_WHOM)
        if cohort.name == groups.LATER:
            until = cohort.enrolment_closes_at or at
            Price.objects.create(
                cohort=cohort, amount=EARLY, kind=Price.Kind.EARLY, sold_until=until - timedelta(weeks=3)
            )
