"""What holders of certificates are told."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.certificates.codes import grouped
from courses.certificates.models import Certificate
from courses.messages.kinds import Said, message

NUMBERS = ("course_title", "code_grouped", "verify_url")


@message("certificate_issued", _("Your certificate is ready"), placeholders=NUMBERS, in_site=False)
def issued(*, certificate: int) -> Said:
    """A certificate is there."""
    return _said(certificate)


@message(
    "certificate_corrected",
    _("Your certificate has been corrected"),
    placeholders=(*NUMBERS, "earlier_grouped"),
    in_site=False,
)
def corrected(*, certificate: int) -> Said:
    """A certificate took the place of an earlier one."""
    return _said(certificate)


def _said(pk: int) -> Said:
    found = Certificate.objects.select_related("enrolment", "supersedes").get(pk=pk)
    words = {
        "course_title": found.facts.course_title,
        "code_grouped": grouped(found.code),
        "earlier_grouped": grouped(found.supersedes.code) if found.supersedes else "",
        "verify_url": settings.SITE_URL + reverse("certificates:verify", args=[found.code]),
    }
    return Said(words, reverse("certificates:view", args=[found.code]), found.enrolment.cohort_id)
