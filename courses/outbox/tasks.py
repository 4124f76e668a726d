"""The background task that delivers one entry; it reads the clock."""

from django.utils import timezone
from django_tasks import task

from courses.outbox import delivery


@task()
def deliver(entry_id: int) -> None:
    """Deliver one entry, wherever tasks run: at once in the demo, in `db_worker` in production."""
    delivery.deliver(entry_id=entry_id, at=timezone.now())
