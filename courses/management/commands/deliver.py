"""Do the work that the outbox holds, as it comes in: `manage.py deliver`, until it is stopped."""

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from courses.outbox import delivery

log = logging.getLogger(__name__)

PAUSE = 1.0  # seconds, after everything that is due has been tried


class Command(BaseCommand):
    help = "Sends e-mails, draws certificates and does what else follows, within seconds. Runs until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        stopped = threading.Event()
        if options["once"]:
            stopped.set()
        else:
            # What is under way is brought to its end; then it stops.
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: stopped.set())
        while True:
            done = self._round()
            if stopped.is_set() or (done == 0 and stopped.wait(PAUSE)):
                return

    def _round(self) -> int:
        """How many entries were handled. A database that is away for a while ends nothing."""
        close_old_connections()
        try:
            return delivery.sweep(at=timezone.now())
        except DatabaseError:
            log.exception("the outbox could not be read; trying again")
            return 0
