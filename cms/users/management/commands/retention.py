"""Say what is kept longer than its rule allows, and delete it: `manage.py retention [--delete]`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from cms.users import privacy


class Command(BaseCommand):
    help = "Reports what has passed its retention time; with --delete it is deleted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--delete", action="store_true", help="delete what is reported")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        for rule in privacy.retention_rules:
            found = rule.delete(at) if options["delete"] else rule.count(at)
            verb = "deleted" if options["delete"] else "to delete"
            self.stdout.write(f"{rule.name}: {found} {verb}. {rule.sentence}")
