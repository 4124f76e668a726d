"""Who did what to which learner record, when and why. Rows are added and never change."""

from datetime import datetime
from typing import Any, NoReturn

from django.conf import settings
from django.db import models

from cms.core.prepared_writing import PreparedInsert


class AppendOnlyError(TypeError):
    """Somebody tried to change history."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Refuses every way to change rows that are already there."""

    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} rows are only ever added.")

    update = delete = bulk_update = update_or_create = _refuse

    def bulk_create(self, objs: Any, *args: Any, update_conflicts: bool = False, **kwargs: Any) -> Any:
        """Adds rows, but never over rows that are already there."""
        if update_conflicts:
            self._refuse()
        return super().bulk_create(objs, *args, **kwargs)


class AppendOnly(models.Model):
    """A row that is written once. Why not a trigger: the same guard must hold on SQLite and PostgreSQL."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} rows are only ever added.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{type(self).__name__} rows are never deleted.")


class LedgerEntry(AppendOnly):
    """One thing that happened to a learner's record.

    `subject` names the record ("enrolment:12"); it is text and not a key, because this is the lowest
    layer and must outlive what it speaks of. `details` holds ids and numbers, never a name or an answer.
    """

    at = models.DateTimeField(db_index=True)
    action = models.CharField(max_length=60)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="ledger_entries"
    )
    subject = models.CharField(max_length=80)
    reason = models.CharField(max_length=300, blank=True)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["subject"], name="ledger_subject")]
        verbose_name_plural = "ledger entries"

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


_entries = PreparedInsert(LedgerEntry)


def write(
    *,
    action: str,
    learner: Any,
    subject: models.Model,
    by: Any,
    at: datetime,
    reason: str = "",
    **details: Any,
) -> None:
    """Add one entry, inside the caller's transaction. `by` is None when the site itself acted."""
    _entries.add(
        LedgerEntry(
            at=at,
            action=action,
            by=by,
            learner=learner,
            subject=f"{subject._meta.model_name}:{subject.pk}",
            reason=reason,
            details=details,
        )
    )
