"""What is stored of one attempt, by queries that are written once (ADR 19)."""

from datetime import datetime
from typing import NamedTuple

from cms.core.prepared import PreparedRows
from courses.assessment.models import AttemptAnswer


class StoredAnswer(NamedTuple):
    """An answer to read: what was chosen for one question, as AttemptAnswer keeps it."""

    slot: int
    choice: list[str]
    sequence: int
    saved_at: datetime | None


answers_of: PreparedRows[StoredAnswer] = PreparedRows(
    StoredAnswer,
    lambda attempt: (
        AttemptAnswer.objects.filter(attempt=attempt)
        .order_by("slot")
        .values_list("slot", "choice", "sequence", "saved_at")
    ),
    int,
)
