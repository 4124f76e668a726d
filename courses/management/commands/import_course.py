"""Bring in a course from a course file: python manage.py import_course FILE [--dry-run | --update]."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.users.models import User
from courses.exchange import importing, updating
from courses.exchange.format import CourseFileRefused


class Command(BaseCommand):
    help = "Bring in a course from a course file. Its pages arrive as drafts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="The course file.")
        parser.add_argument("--dry-run", action="store_true", help="Only check the file; write nothing.")
        parser.add_argument(
            "--update",
            action="store_true",
            help="Bring the course that is here already up to date; new words are drafts.",
        )
        parser.add_argument("--code", default="", help="Bring it in as a copy with this code.")
        parser.add_argument("--by", default="", help="The e-mail address of whoever brings it in.")

    def handle(self, *args: Any, **options: Any) -> None:
        by = User.objects.filter(email=options["by"]).first()
        if options["by"] and by is None:
            raise CommandError("Nobody here has that e-mail address.")
        if options["dry_run"] and options["update"]:
            raise CommandError("Choose --dry-run or --update, not both.")
        do: Any = importing.check if options["dry_run"] else importing.import_course
        do = updating.update_course if options["update"] else do
        try:
            with options["file"].open("rb") as file:
                found = do(file=file, code=options["code"], by=by)
        except OSError as refused:
            raise CommandError(f"{options['file']} cannot be read: {refused.strerror}.") from refused
        except CourseFileRefused as refused:
            lines = "\n".join(f"- {remark}" for remark in refused.remarks)
            raise CommandError(f"Nothing was brought in.\n{lines}") from refused
        for remark in found.remarks:
            self.stdout.write(f"- {remark}")
        if options["update"]:
            self.stdout.write(f"{found.page.title}: {len(found.changed)} pages have a new draft.")
            return
        done = "can be brought in" if found.page is None else "is here now, as drafts"
        self.stdout.write(f"{found.title} ({found.code}, {found.activity_count} activities) {done}.")
