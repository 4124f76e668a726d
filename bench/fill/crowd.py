"""A great many other people on other cohorts: what they do not ask for must cost nobody anything.

PostgreSQL only: one row of each table is multiplied there, which takes seconds for a million.
"""

from datetime import datetime

from django.db import connection, models
from django.db.models import Max

from bench.fill import learners
from bench.fill.course import BigCourse
from bench.fill.pools import enrolment
from courses.catalogue.outline import Kind
from courses.cohorts.models import Cohort
from courses.enrolment.models import Grant, Place
from courses.progress.models import Record
from courses.progress.rules import Outcome

ON_A_COHORT = 500


def build(big: BigCourse, *, count: int, at: datetime) -> None:
    """This many enrolments, five hundred on a cohort, each with its place, grant and a record."""
    if count == 0:
        return
    if connection.vendor != "postgresql":
        raise SystemExit("Many enrolments are made on PostgreSQL only.")
    # Over before anybody asks, so that no page offers these cohorts to visitors.
    cohort = Cohort.objects.get(pk=big.to_join[0].pk)
    cohort.pk, cohort.name, cohort.ends_on, cohort.is_rolling = None, "Crowd", cohort.starts_on, False
    cohort.save()
    Cohort.objects.filter(pk=cohort.pk).update(starts_on="2020-01-01", ends_on="2020-12-31")
    (user,) = learners.make("crowd", 1, at=at, consents=False)
    seat = enrolment(user, cohort, at=at)
    seat.save(force_insert=True)
    place = Place.objects.create(cohort=cohort, enrolment=seat, reason=Place.Reason.LEARNER)
    grant = Grant.objects.create(enrolment=seat, kind="free", given_at=at)
    done = Record.objects.create(
        enrolment=seat,
        activity_id=big.activities(Kind.LESSON)[0],
        outcome=Outcome.DONE.value,
        at=at,
        by=user,
    )
    cohorts = _again(cohort, count // ON_A_COHORT, name="'Crowd ' || n")
    people = _again(user, count, email="'crowd-' || n || '@example.org'")
    where = f"{cohorts} + n % {max(1, count // ON_A_COHORT)}"
    seats = _again(seat, count, learner_id=f"{people} + n", cohort_id=where)
    _again(place, count, enrolment_id=f"{seats} + n", cohort_id=where)
    _again(grant, count, enrolment_id=f"{seats} + n")
    _again(done, count, enrolment_id=f"{seats} + n", by_id=f"{people} + n")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _again(row: models.Model, count: int, **varying: str) -> int:
    """Copy a row `count` times; `varying` says in SQL what differs by `n`, which is from 0.

    Returns the number that the first copy has: copy n has that and n more.
    """
    meta = row._meta
    first = (type(row)._base_manager.aggregate(last=Max("pk"))["last"] or 0) + 1
    columns = [str(field.column) for field in meta.concrete_fields]
    key = str(meta.pk.column)
    values = {key: f"{first} + n", **varying}
    names = ", ".join(f'"{column}"' for column in columns)
    chosen = ", ".join(values.get(column, f'"{column}"') for column in columns)
    table = f'"{meta.db_table}"'
    with connection.cursor() as cursor:
        numbers = f"generate_series(0, {count - 1}) AS n"
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {chosen} FROM {table}, {numbers} WHERE {key} = %s",
            [row.pk],
        )
        last = first + count
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [table, key, last])
    return first
