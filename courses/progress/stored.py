"""What is stored of one enrolment, by queries that are written once (ADR 19)."""

from cms.core.prepared import Prepared
from courses.progress.models import Record

records_of: Prepared[Record] = Prepared(lambda enrolment: Record.objects.filter(enrolment=enrolment), int)
