"""People who have finished the demo's course. Their certificates are issued and not yet drawn."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from bench.fill import learners, pools
from bench.fill.sessions import sessions
from courses.actions import certify
from courses.certificates.models import Certificate, CertificateDocument
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment
from courses.progress.models import Completion
from home.demo.walks import Walk

HOLDERS = 8
# How many certificates one call of the sweep issues at most.
SWEEP = 500


def build(*, count: int, at: datetime) -> dict[str, list[dict[str, Any]]]:
    """Certificates to check, and PDFs to draw.

    Each PDF is another one, because the compiler remembers parts of what it drew before.
    """
    walk = Walk(Cohort.objects.order_by("pk")[0], at=at)
    finished = learners.make("holder", HOLDERS, at=at)
    for user in finished:
        walk.stages(walk.lessons(user.email))
    drawn = _finished(walk.cohort, count, at=at)
    for _ in range(-(-(count + HOLDERS) // SWEEP)):
        certify.issue_missing(at=at)
    # What is kept is not drawn again.
    CertificateDocument.objects.filter(certificate__enrolment__learner__in=drawn).delete()
    codes = dict(Certificate.objects.values_list("enrolment__learner", "code"))
    return {
        "certificates": [{"url": reverse("certificates:verify", args=[codes[user.pk]])} for user in finished],
        "pdfs": [
            {"session": key, "url": reverse("certificates:pdf", args=[codes[user.pk]])}
            for key, user in zip(sessions(drawn), drawn, strict=True)
        ],
    }


def _finished(cohort: Cohort, count: int, *, at: datetime) -> list[Any]:
    """Learners of whom only the end is told: for the PDF nothing else matters."""
    found = learners.make("graduate", count, at=at, consents=False)
    enrolments = Enrolment.objects.bulk_create(pools.enrolment(user, cohort, at=at) for user in found)
    Completion.objects.bulk_create(Completion(enrolment=e, completed_at=at) for e in enrolments)
    return found
