"""Do everything that falls due: `manage.py run_due`, from a timer, or `--every 20` beside the demo."""

import time
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils import timezone

from courses.actions import due
from courses.outbox import delivery


class Command(BaseCommand):
    help = "Closes attempts, delivers the outbox, issues certificates, erases accounts, publishes pages."

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
        call_command("publish_scheduled", verbosity=0)
        if given_up := delivery.given_up():
            self.stderr.write(f"outbox entries given up, see the log: {given_up}")
        for name in failed:
            self.stderr.write(f"failed, see the log: {name}")
        return failed
