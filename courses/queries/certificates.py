"""What anybody may check about a certificate, and what its holder sees."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cms.core.kept import kept_by_language
from cms.core.prepared import Prepared, PreparedRows
from courses.actions.certify import verify_url
from courses.certificates import wording
from courses.certificates.codes import grouped, normalised
from courses.certificates.models import Certificate, CertificateHolder, CertificateLogEntry
from courses.certificates.qr import qr_svg
from courses.certificates.status import Status, status_of

Fact = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    on: datetime
    sentence: str


class StoredEntry(NamedTuple):
    """A line of the log, as it is stored."""

    pk: int
    event: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Check:
    """The answer to somebody who checks a certificate number. Unknown and malformed look the same."""

    code: str
    status: str
    status_title: str
    status_sentence: str
    certificate: Certificate | None
    name: str | None
    name_sentence: str
    newer_code: str | None
    entries: tuple[StoredEntry, ...]

    @property
    def log(self) -> list[LoggedEvent]:
        """What has happened to it, oldest first."""
        return [LoggedEvent(e.at, str(EVENT_SENTENCES[e.event])) for e in self.entries]

    @property
    def facts(self) -> list[Fact]:
        """What is printed: the lines below each label."""
        return wording.lines(self.certificate.facts) if self.certificate else []

    @property
    def stages(self) -> list[str]:
        return list(self.certificate.facts.stages) if self.certificate else []

    @property
    def outcomes(self) -> list[str]:
        return list(self.certificate.facts.outcomes) if self.certificate else []

    @property
    def statement(self) -> str:
        return self.certificate.facts.statement if self.certificate else ""


def check(*, typed: str) -> Check:
    """Look a certificate up by its number, as typed. Two queries."""
    code = normalised(typed)
    certificate = next(iter(_by_code(code)), None) if code else None
    if certificate is None:
        return _unknown()
    entries = tuple(_log(certificate.pk))
    status = status_of([entry.event for entry in entries])
    title, sentence = _status_words(status)
    holder: CertificateHolder | None = getattr(certificate, "holder", None)
    newer = getattr(certificate, "superseded_by", None)
    return Check(
        code=grouped(certificate.code),
        status=status.value,
        status_title=title,
        status_sentence=sentence,
        certificate=certificate,
        name=holder.printed_name if holder and holder.is_name_shown else None,
        name_sentence=_name_sentence(
            is_erased=holder is None, is_shown=holder is not None and holder.is_name_shown
        ),
        newer_code=newer.code if newer and holder and holder.is_name_shown else None,
        entries=entries,
    )


_by_code = Prepared(
    lambda code: Certificate.objects.select_related("holder", "superseded_by").filter(code=code), str
)
_log: PreparedRows[StoredEntry] = PreparedRows(
    StoredEntry,
    lambda pk: (
        CertificateLogEntry.objects.filter(certificate=pk)
        .order_by("at", "pk")
        .values_list("pk", "event", "at")
    ),
    int,
)


def _unknown() -> Check:
    title, sentence = _status_words(Status.UNKNOWN)
    return Check(
        code="",
        status=Status.UNKNOWN.value,
        status_title=title,
        status_sentence=sentence,
        certificate=None,
        name=None,
        name_sentence="",
        newer_code=None,
        entries=(),
    )


@kept_by_language(len(Status))
def _status_words(status: Status) -> tuple[str, str]:
    """The heading and the sentence of a status."""
    return str(STATUS_TITLES[status]), str(STATUS_SENTENCES[status])


@kept_by_language(4)
def _name_sentence(*, is_erased: bool, is_shown: bool) -> str:
    if is_erased:
        return _(
            "The holder’s details have been erased at their request. You can still check a name against "
            "the certificate you were shown."
        )
    if is_shown:
        return _("The holder has chosen to show their name here.")
    return _(
        "The holder has not chosen to show their name here. You can check the name on the certificate "
        "you were shown."
    )


STATUS_TITLES = {
    Status.VALID: lazy("This certificate is valid"),
    Status.CORRECTED: lazy("This certificate has been corrected"),
    Status.SUSPENDED: lazy("This certificate is suspended"),
    Status.REVOKED: lazy("This certificate is no longer valid"),
    Status.EXPIRED: lazy("This certificate has expired"),
    Status.ERASED: lazy("This certificate was issued, and its holder’s details have been erased"),
    Status.UNKNOWN: lazy("We do not know this certificate number"),
}
STATUS_SENTENCES = {
    Status.VALID: lazy(
        "We issued it, and nothing has changed since. Compare what is printed with the facts below."
    ),
    Status.CORRECTED: lazy("A newer certificate has taken its place. Ask the holder for the newer one."),
    Status.SUSPENDED: lazy("It does not count at the moment. Please ask the holder, or write to us."),
    Status.REVOKED: lazy("We have taken it back. It must not be relied on."),
    Status.EXPIRED: lazy("It was valid, but its time has run out."),
    Status.ERASED: lazy("A certificate with this number was issued. The facts below are what it said."),
    Status.UNKNOWN: lazy(
        "Please check the number and type it again. If it is right, do not rely on the certificate."
    ),
}
# To the holder, where the public is sent to the holder.
HOLDER_SENTENCES = STATUS_SENTENCES | {
    Status.CORRECTED: lazy("A newer certificate has taken the place of this one."),
    Status.SUSPENDED: lazy("It does not count at the moment. Please write to us through the help page."),
}
EVENT_SENTENCES = {
    CertificateLogEntry.Event.ISSUED.value: lazy("Issued"),
    CertificateLogEntry.Event.CORRECTED.value: lazy("Corrected"),
    CertificateLogEntry.Event.SUSPENDED.value: lazy("Suspended"),
    CertificateLogEntry.Event.RESTORED.value: lazy("Valid again"),
    CertificateLogEntry.Event.REVOKED.value: lazy("Taken back"),
    CertificateLogEntry.Event.SUPERSEDED.value: lazy("Replaced by a corrected certificate"),
    CertificateLogEntry.Event.ERASED.value: lazy("The holder’s details were erased at their request"),
}


@dataclass(frozen=True, slots=True)
class Replaced:
    """The earlier certificate that a corrected one took the place of."""

    code_grouped: str
    issued_on: date
    url: str


@dataclass(frozen=True, slots=True)
class HeldCertificate:
    """The certificate as its holder sees it. `newer_url` leads to the newest, where there is a newer one."""

    code: str
    code_grouped: str
    kind: str
    name: str
    course_title: str
    facts: list[Fact]
    stages: list[str]
    outcomes: list[str]
    statement: str
    notice: str
    verify_url: str
    qr_svg: SafeString
    pdf_url: str
    is_name_shown: bool
    status: str
    status_sentence: str
    linkedin_url: str
    newer_url: str
    replaced: Replaced | None


def held(*, code: str, learner: Any) -> HeldCertificate:
    """Raises Certificate.DoesNotExist when it is not theirs."""
    certificate = own(code=code, learner=learner)
    status = status_of([entry.event for entry in _log(certificate.pk)])
    facts = certificate.facts
    address = verify_url(certificate)
    return HeldCertificate(
        code=certificate.code,
        code_grouped=grouped(certificate.code),
        kind=facts.kind,
        name=certificate.holder.printed_name,
        course_title=facts.course_title,
        facts=wording.lines(facts),
        stages=list(facts.stages),
        outcomes=list(facts.outcomes),
        statement=facts.statement,
        notice=facts.notice,
        verify_url=address,
        qr_svg=mark_safe(qr_svg(address)),  # noqa: S308 - drawn by segno from our own address
        pdf_url=reverse("certificates:pdf", args=[certificate.code]),
        is_name_shown=certificate.holder.is_name_shown,
        status=status.value,
        status_sentence=str(HOLDER_SENTENCES[status]),
        linkedin_url=_linkedin(certificate, address),
        newer_url=_newer_url(certificate),
        replaced=_replaced(certificate.supersedes),
    )


def _newer_url(certificate: Any) -> str:
    """Where the newest of a row of corrections stands; empty when this is it."""
    newest = certificate.newest_code
    return reverse("certificates:view", args=[newest]) if newest != certificate.code else ""


def _replaced(older: Certificate | None) -> Replaced | None:
    if older is None:
        return None
    return Replaced(
        code_grouped=grouped(older.code),
        issued_on=older.facts.issued_on,
        url=reverse("certificates:view", args=[older.code]),
    )


def own(*, code: str, learner: Any) -> Certificate:
    """The learner's own certificate. Raises Certificate.DoesNotExist when it is not theirs."""
    return _held_by.get(normalised(code) or "", learner.pk)


def _held(code: str, learner: int) -> Any:
    newest = Certificate.objects.filter(enrolment=OuterRef("enrolment"), superseded_by=None).order_by()
    return (
        Certificate.objects.select_related("holder", "supersedes")
        .annotate(newest_code=Subquery(newest.values("code")[:1]))
        .filter(code=code, holder__learner=learner)
    )


_held_by: Prepared[Certificate] = Prepared(_held, str, int)


def _linkedin(certificate: Certificate, address: str) -> str:
    """A plain link that fills in LinkedIn's form. It never carries the learner's name."""
    facts = certificate.facts
    query = {
        "startTask": "CERTIFICATION_NAME",
        "name": facts.course_title,
        "organizationName": facts.provider or settings.SITE_NAME,
        "issueYear": facts.issued_on.year,
        "issueMonth": facts.issued_on.month,
        "certUrl": address,
        "certId": grouped(certificate.code),
    }
    return "https://www.linkedin.com/profile/add?" + urlencode(query)
