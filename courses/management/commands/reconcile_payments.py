"""Compare payments with the payment service: `manage.py reconcile_payments [--since DAYS] [--repair]`."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from courses.actions import reconcile

DAYS = 30
LONGEST = 3650
FOR_A_PERSON, DOWN = 1, 2


class Command(BaseCommand):
    help = (
        "Compares orders, refunds and places with what the payment service knows. Ends with 0 when all fits, "
        "1 when something is left for a person, 2 when the payment service cannot be reached."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since", type=int, default=DAYS, metavar="DAYS", help=f"how far to look back ({DAYS})"
        )
        parser.add_argument("--repair", action="store_true", help="mend what is safe to mend")

    def handle(self, *args: Any, **options: Any) -> None:
        days = options["since"]
        if not 1 <= days <= LONGEST:
            raise CommandError(f"--since takes a number of days from 1 to {LONGEST}.")
        repair = options["repair"]
        found = reconcile.run(since=timedelta(days=days), repair=repair, at=timezone.now())
        if found.is_off:
            self.stdout.write("Paying by card is not switched on, so no payment service was asked.")
        self.stdout.write(f"Orders asked about: {found.asked}")
        self._say("Mended" if repair else "Can be mended with --repair", found.mended)
        self._say("Left for a person", found.left)
        if found.is_down:
            self.stderr.write(
                "The payment service cannot be reached. Nothing is lost: run this again in an hour."
            )
            raise SystemExit(DOWN)
        if found.left or (found.mended and not repair):
            raise SystemExit(FOR_A_PERSON)

    def _say(self, heading: str, findings: list[reconcile.Finding]) -> None:
        self.stdout.write(f"{heading}: {len(findings)}")
        for finding in findings:
            self.stdout.write(f"  {reconcile.words(finding)}")
