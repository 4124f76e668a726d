"""Issuing certificates, and what holders decide about them."""

import hashlib
import secrets
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.core.batches import work_through
from cms.core.prepared import Prepared
from courses.actions.refusals import ActionRefused
from courses.assessment import marking
from courses.assessment.models import Attempt
from courses.catalogue import accreditation
from courses.catalogue.outline import ActivityOutline, Kind, Outline
from courses.certificates import facts as frozen_facts
from courses.certificates.codes import grouped, new_code, normalised
from courses.certificates.document import Drawing, draw
from courses.certificates.facts import Facts
from courses.certificates.models import (
    Certificate,
    CertificateDocument,
    CertificateHolder,
    CertificateLogEntry,
)
from courses.certificates.status import Status, status_of
from courses.enrolment.models import Enrolment
from courses.ledger import models as ledger
from courses.outbox import writing as outbox
from courses.progress.attendance import minutes_attended, turnout_of
from courses.progress.models import Completion, Record
from courses.progress.rules import Outcome


class CertificateRefused(ActionRefused):
    """The certificate cannot be issued or drawn now."""


@transaction.atomic
def issue(*, completion_id: int, at: datetime) -> Certificate | None:
    """Issue the certificate of a completion. Safe to repeat: there is one per enrolment.

    Returns None when the learner has not yet said which name to print: the completion stays on the
    work list, and the certificate follows as soon as there is a name.
    """
    completion = Completion.objects.select_for_update().get(pk=completion_id)
    # The lock on the person waits for an erasure under way, and reads the name as it leaves it.
    enrolment = (
        Enrolment.objects.select_for_update(of=("learner",), no_key=True)
        .select_related("learner", "cohort__edition__course")
        .get(pk=completion.enrolment_id)
    )
    already: Certificate | None = Certificate.objects.filter(enrolment=enrolment, supersedes=None).first()
    if already is not None:
        return already
    name = " ".join(enrolment.learner.printed_name.split())
    if not name:
        return None
    return _issue(enrolment=enrolment, completion=completion, name=name, at=at)


@transaction.atomic
def correct(*, certificate_id: int, name: str, by: Any, reason: str, at: datetime) -> Certificate:
    """Put a certificate with the right name in the place of one with a wrong name. Safe to repeat.

    The facts stay those that were certified; the old certificate stays too, and says that it was replaced.
    Raises CertificateRefused when the old one no longer counts, when the holder's details were erased, and
    when there is nothing to correct.
    """
    old = Certificate.objects.select_related("enrolment", "course").get(pk=certificate_id)
    # As for an erasure, which this waits for.
    holder = (
        CertificateHolder.objects.select_for_update(of=("self",))
        .select_related("certificate", "learner")
        .filter(certificate=old)
        .first()
    )
    newer: Certificate | None = Certificate.objects.filter(supersedes=old).first()
    name = " ".join(name.split())
    if newer is not None and newer.matches_name(name):
        return newer
    if holder is None:
        raise CertificateRefused(_("The holder’s details were erased, so there is nothing to correct."))
    if newer is not None or not _counts(old):
        raise CertificateRefused(_("This certificate no longer counts. Please correct the newest one."))
    if not name or name == holder.printed_name:
        raise CertificateRefused(_("Please give the name as it should be printed."))
    facts = replace(old.facts, issued_on=at.astimezone(ZoneInfo(old.enrolment.cohort.time_zone)).date())
    new = _write(enrolment=old.enrolment, facts=facts, name=name, at=at, replaces=holder)
    event = CertificateLogEntry.Event.SUPERSEDED
    CertificateLogEntry(certificate=old, event=event, at=at, by=by, reason=reason).save()
    ledger.write(
        action="certificate corrected",
        learner=holder.learner,
        subject=new,
        by=by,
        at=at,
        reason=reason,
        replaces=old.pk,
    )
    return new


def _counts(certificate: Certificate) -> bool:
    events = CertificateLogEntry.objects.filter(certificate=certificate).order_by("at", "pk")
    return status_of(list(events.values_list("event", flat=True))) is Status.VALID


def _issue(*, enrolment: Enrolment, completion: Completion, name: str, at: datetime) -> Certificate:
    facts = facts_for(enrolment=enrolment, completion=completion, at=at)
    certificate = _write(enrolment=enrolment, facts=facts, name=name, at=at)
    ledger.write(action="certificate issued", learner=enrolment.learner, subject=certificate, by=None, at=at)
    return certificate


def _write(
    *, enrolment: Enrolment, facts: Facts, name: str, at: datetime, replaces: CertificateHolder | None = None
) -> Certificate:
    """The rows of a certificate, and what follows once they are there."""
    salt = secrets.token_bytes(32)
    certificate = Certificate(
        code=new_code(),
        enrolment=enrolment,
        course=enrolment.cohort.edition.course,
        supersedes=replaces.certificate if replaces else None,
        frozen=frozen_facts.to_json(facts),
        issued_at=at,
        name_salt=salt,
        name_digest=frozen_facts.name_digest(name, salt),
    )
    certificate.save()
    CertificateHolder.objects.create(
        certificate=certificate,
        learner=enrolment.learner,
        printed_name=name,
        is_name_shown=replaces is not None and replaces.is_name_shown,
    )
    CertificateLogEntry(certificate=certificate, event=CertificateLogEntry.Event.ISSUED, at=at).save()
    # Two entries: with the mail server away, the kept PDF must not be taken back and drawn again.
    outbox.write(kind="certificate-issued", at=at, certificate=certificate.pk)
    outbox.write(kind="certificate-ready", at=at, certificate=certificate.pk)
    return certificate


def facts_for(*, enrolment: Enrolment, completion: Completion, at: datetime) -> Facts:
    """What a certificate issued now would say. Two queries, four more where people meet, and one more where
    there are safety questions.

    The time of live sessions is that which the learner was there, and not what was planned.
    """
    edition = enrolment.cohort.edition
    outline = edition.outline
    zone = ZoneInfo(enrolment.cohort.time_zone)

    def on(moment: datetime) -> date:
        return moment.astimezone(zone).date()

    return Facts(
        kind=outline.certificate.kind,
        course_code=outline.course_code,
        course_title=outline.course_title,
        edition_number=edition.number,
        provider=outline.certificate.provider,
        stages=tuple(stage.title for stage in outline.stages),
        outcomes=outline.outcomes,
        started_on=on(enrolment.started_at),
        completed_on=on(completion.completed_at),
        issued_on=on(at),
        self_directed_minutes=outline.self_directed_minutes,
        participatory_minutes=minutes_attended(enrolment.pk)
        if _meets(outline)
        else outline.participatory_minutes,
        assessment=_assessment(enrolment, outline),
        # Not what the edition froze: only what was in force on both days may be claimed (ADR 13).
        accreditation=accreditation.sentences(
            course_id=edition.course_id, days=(on(completion.completed_at), on(at))
        ),
        statement=outline.certificate.statement,
        notice=outline.certificate.notice,
    )


def _meets(outline: Outline) -> bool:
    return any(a.kind is Kind.LIVE_SESSION for a in outline.activities)


def _assessment(enrolment: Enrolment, outline: Outline) -> tuple[str, ...]:
    """How the learner was assessed: one sentence a required quiz or piece of coursework, in the order of the
    course, and one about the live sessions.
    """
    records = {record.activity_id: record for record in Record.objects.filter(enrolment=enrolment)}
    safe = _passed_in_safety(enrolment, outline)
    found = [
        _how(activity, records[activity.activity_id], is_safe=activity.activity_id in safe)
        for activity in outline.activities
        if activity.is_required and activity.activity_id in records
    ]
    return (*filter(None, found), *(_presence(enrolment) if outline.planned_sessions else ()))


def _passed_in_safety(enrolment: Enrolment, outline: Outline) -> frozenset[int]:
    """The quizzes passed in a try that asked every safety question of the edition. One query at most.

    Who passed by an earlier edition has passed, but nothing is claimed of questions they were not asked.
    """
    asked = {a.activity_id: set(a.quiz.must_be_right) for a in outline.activities if a.quiz}
    asked = {activity_id: questions for activity_id, questions in asked.items() if questions}
    if not asked:
        return frozenset()
    passed = Attempt.objects.filter(enrolment=enrolment, activity__in=asked, passed=True)
    return frozenset(
        one.activity_id
        for one in passed
        if asked[one.activity_id] <= {q.question_id for q in one.paper.questions if q.must_be_right}
    )


def _how(activity: ActivityOutline, record: Record, *, is_safe: bool) -> str:
    words: dict[str, Any] = {"title": activity.title}
    if activity.kind is Kind.COURSEWORK and record.outcome == Outcome.DONE.value:
        return _("“%(title)s” was signed off by an assessor") % words
    if activity.quiz is None:
        return ""
    if record.outcome == Outcome.DONE.value:
        return _("Finished “%(title)s” together with the course team") % words
    words |= {
        "percent": marking.percent(record.score or 0, record.max_score or 0),
        "pass_mark": activity.quiz.pass_mark_percent,
    }
    if is_safe:
        safely = ngettext(
            "Passed the quiz “%(title)s” with %(percent)d%% (pass mark %(pass_mark)d%%) and its safety "
            "question right",
            "Passed the quiz “%(title)s” with %(percent)d%% (pass mark %(pass_mark)d%%) and every safety "
            "question right",
            len(activity.quiz.must_be_right),
        )
        return safely % words
    return _("Passed the quiz “%(title)s” with %(percent)d%% (pass mark %(pass_mark)d%%)") % words


def _presence(enrolment: Enrolment) -> tuple[str]:
    found = turnout_of(enrolment)
    words = {"attended": found.attended, "planned": found.planned, "made_up": found.made_up}
    if found.made_up:
        told = _("Came to %(attended)d of %(planned)d live sessions, and made up for %(made_up)d by a task")
        return (told % words,)
    return (_("Came to %(attended)d of %(planned)d live sessions") % words,)


def issue_missing(*, at: datetime) -> int:
    """Issue what is missing: a completion without a certificate is the work list.

    Raises BatchIncomplete when some could not be issued; all others are.
    """
    waiting = Completion.objects.filter(
        enrolment__certificates__isnull=True, enrolment__learner__erased_at__isnull=True
    ).exclude(enrolment__learner__printed_name="")
    found = list(waiting.values_list("pk", flat=True)[:500])
    return work_through(found, lambda pk: issue(completion_id=pk, at=at))


@transaction.atomic
def show_name(*, code: str, learner: Any, is_shown: bool, at: datetime) -> Certificate:
    """Let the holder decide whether the public check page shows their name. Safe to repeat.

    Raises Certificate.DoesNotExist when it is not theirs.
    """
    certificate: Certificate = Certificate.objects.get(code=normalised(code) or "", holder__learner=learner)
    changed = CertificateHolder.objects.filter(certificate=certificate).exclude(is_name_shown=is_shown)
    if changed.update(is_name_shown=is_shown):
        action = "name shown on check page" if is_shown else "name hidden on check page"
        ledger.write(action=action, learner=learner, subject=certificate, by=learner, at=at)
    return certificate


def verify_url(certificate: Certificate) -> str:
    """The public address that is printed: always on the configured host, never on the request's."""
    return settings.SITE_URL + reverse("certificates:verify", args=[certificate.code])


@transaction.atomic
def keep_pdf(*, certificate_id: int, at: datetime) -> CertificateDocument:
    """Draw the PDF of a certificate once and keep its bytes in private storage. Safe to repeat.

    Raises CertificateRefused when the holder's details were erased.
    """
    certificate = Certificate.objects.get(pk=certificate_id)
    # The holder's lock is the erasure's lock too: no file with a name can be kept behind its back.
    holder = CertificateHolder.objects.select_for_update().filter(certificate=certificate).first()
    kept = CertificateDocument.objects.filter(certificate=certificate).first()
    if kept is not None:
        return kept
    drawing = _draw(certificate, holder)
    name = f"certificates/{certificate.pk}-{secrets.token_hex(8)}.pdf"
    return CertificateDocument.objects.create(
        certificate=certificate,
        file_name=storages["private"].save(name, ContentFile(drawing.pdf)),
        sha256=hashlib.sha256(drawing.pdf).hexdigest(),
        is_accessible=drawing.is_accessible,
        drawn_at=at,
    )


def pdf(*, certificate: Certificate) -> bytes:
    """The bytes of the PDF. When they are not kept yet, they are drawn now; drawing is deterministic."""
    kept = _document_of(certificate.pk)
    if not kept:
        # Asked anew: what this certificate came with may be older than an erasure.
        holder = CertificateHolder.objects.filter(certificate=certificate).first()
        return _draw(certificate, holder).pdf
    with storages["private"].open(kept[0].file_name) as stored:
        content: bytes = stored.read()
    return content


_document_of = Prepared(lambda pk: CertificateDocument.objects.filter(certificate=pk), int)


def _draw(certificate: Certificate, holder: CertificateHolder | None) -> Drawing:
    if holder is None:
        raise CertificateRefused(_("The holder’s details were erased, so there is nothing to print."))
    return draw(
        facts=certificate.facts,
        name=holder.printed_name,
        code_grouped=grouped(certificate.code),
        verify_url=verify_url(certificate),
        timestamp=int(certificate.issued_at.timestamp()),
    )
