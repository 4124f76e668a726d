"""A person puts notices away."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, F, Q, Value
from django.db.models.functions import Greatest

from cms.core import unread
from courses.messages.models import Notice


def settle(*, person_id: int, at: datetime, **ids: int) -> None:
    """Mark the notices about something as read, because the person has answered it. One statement.

    `ids` are the ids that the messages were given, as in `offer=12`. Safe to repeat.
    """
    about = Q()
    for name, pk in ids.items():
        about |= Q(**{f"ids__{name}": pk})
    found = Notice.objects.filter(about, user=person_id, read_at=None)
    if found.update(read_at=Greatest(F("at"), Value(at, output_field=DateTimeField()))):
        transaction.on_commit(lambda: unread.forget(person_id))


@transaction.atomic
def read(*, person: Any, at: datetime, notice_id: int | None = None) -> int:
    """Mark one notice as read, or all of them; return how many were new. Safe to repeat.

    Somebody else's notice is not there: nothing is marked.
    """
    found = Notice.objects.filter(user=person, read_at=None, at__lte=at)
    if notice_id is not None:
        found = Notice.objects.filter(user=person, read_at=None, pk=notice_id)
    # Two clocks may differ by a little: nothing is read before it was made.
    marked: int = found.update(read_at=Greatest(F("at"), Value(at, output_field=DateTimeField())))
    transaction.on_commit(lambda: unread.forget(person.pk))
    return marked
