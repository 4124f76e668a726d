"""What is stored of one attempt, by queries that are written once (ADR 19)."""

from cms.core.prepared import Prepared
from courses.assessment.models import AttemptAnswer

answers_of: Prepared[AttemptAnswer] = Prepared(
    lambda attempt: AttemptAnswer.objects.filter(attempt=attempt).order_by("slot"), int
)
