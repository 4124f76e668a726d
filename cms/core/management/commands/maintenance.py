"""Closes the site for a while, and opens it again."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from cms.core import maintenance


class Command(BaseCommand):
    help = "Close the site to everybody (on), open it again (off), or say how it stands (status)."
    # A database that is worked on must not keep anybody from closing or opening the site.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("what", choices=["on", "off", "status"])
        parser.add_argument("--minutes", type=int, default=maintenance.MINUTES, help="how long it may take")
        parser.add_argument("--words", default="", help="one sentence for visitors: why, or until when")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "on":
            maintenance.close(words=options["words"], minutes=max(1, options["minutes"]))
        elif options["what"] == "off":
            maintenance.open_again()
        self.stdout.write("The site is closed." if maintenance.is_closed() else "The site is open.")
