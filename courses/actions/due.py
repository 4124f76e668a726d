"""Everything that falls due with time. Each part is safe to repeat, and one failing part stops no other."""

import logging
from collections.abc import Callable
from datetime import datetime

from cms.users import accounts
from courses.actions import (
    access_end,
    certify,
    offers,
    paying,
    quiz,
    reconcile,
    reminders,
    supporters,
    waiting,
)
from courses.outbox import delivery

log = logging.getLogger(__name__)

PARTS: dict[str, Callable[..., int]] = {
    "attempts closed": quiz.close_overdue,
    "news of payments applied": paying.apply_waiting,
    "orders closed": paying.expire_due,
    "offers closed": offers.expire_due,
    "places offered": waiting.work_due,
    "access ended": access_end.end_due,
    "reminders written": reminders.write_due,
    "ending offers told": reminders.write_ending_offers,
    "supporters reminded": supporters.remind_due,
    "comparing payments planned": reconcile.plan_daily,
    "outbox entries handled": delivery.sweep,
    "certificates issued": certify.issue_missing,
    "accounts erased": accounts.erase_due,
}


def run(*, at: datetime) -> tuple[dict[str, int], list[str]]:
    """Do what is due; return what was done, and the names of the parts that failed."""
    done: dict[str, int] = {}
    failed: list[str] = []
    for name, part in PARTS.items():
        try:
            done[name] = part(at=at)
        except Exception:
            log.exception("a part of run_due failed", extra={"part": name})
            failed.append(name)
    return done, failed
