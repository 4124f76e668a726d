"""Do everything that falls due: `manage.py run_due`, from a timer, or `--every 20` beside the demo."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils import timezone

from courses.actions import due


class Command(BaseCommand):
    help = "Closes attempts whose time is up, delivers the outbox, issues certificates, erases accounts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", help="go on for ever, with this pause")

    def handle(self, *args: Any, **options: Any) -> None:
        failed = self._once(options["verbosity"])
        while options["every"]:
            time.sleep(options["every"])
            close_old_connections()
            failed = self._once(0)
        if failed:
            raise SystemExit(1)

    def _once(self, verbosity: int) -> list[str]:
        done, failed = due.run(at=timezone.now())
        if verbosity:
            for name, count in done.items():
                self.stdout.write(f"{name}: {count}")
        for name in failed:
            self.stderr.write(f"failed, see the log: {name}")
        return failed
