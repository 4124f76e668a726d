"""What is stored of one enrolment, by queries that are written once (ADR 19)."""

from datetime import datetime
from typing import NamedTuple

from cms.core.prepared import PreparedRows
from courses.progress.models import Record


class StoredRecord(NamedTuple):
    """A record to read. `tries` are the closed attempts at a quiz, where they were counted."""

    pk: int
    enrolment_id: int
    activity_id: int
    outcome: str
    score: int | None
    max_score: int | None
    at: datetime
    tries: int = 0


RECORD = ("pk", "enrolment_id", "activity_id", "outcome", "score", "max_score", "at")

records_of: PreparedRows[StoredRecord] = PreparedRows(
    StoredRecord, lambda enrolment: Record.objects.filter(enrolment=enrolment).values_list(*RECORD), int
)
