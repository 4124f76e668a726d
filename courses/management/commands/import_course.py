"""Bring in a course from a course file: python manage.py import_course FILE [--dry-run]."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.users.models import User
from courses.exchange import importing
from courses.exchange.format import CourseFileRefused


class Command(BaseCommand):
    help = "Bring in a course from a course file. Its pages arrive as drafts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="The course file.")
        parser.add_argument("--dry-run", action="store_true", help="Only check the file; write nothing.")
        parser.add_argument("--code", default="", help="Bring it in as a copy with this code.")
        parser.add_argument("--by", default="", help="The e-mail address of whoever brings it in.")

    def handle(self, *args: Any, **options: Any) -> None:
        by = User.objects.filter(email=options["by"]).first()
        if options["by"] and by is None:
            raise CommandError("Nobody here has that e-mail address.")
        do = importing.check if options["dry_run"] else importing.import_course
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
        done = "can be brought in" if found.page is None else "is here now, as drafts"
        self.stdout.write(f"{found.title} ({found.code}, {found.activity_count} activities) {done}.")
