"""Write a whole course into one file: python manage.py export_course CODE FILE."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from courses.catalogue.pages import CoursePage
from courses.exchange.exporting import export_course


class Command(BaseCommand):
    help = "Write a whole course into one file, to share it with another site."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="The code of the course.")
        parser.add_argument("file", type=Path, help="The file to write. It must not be there yet.")

    def handle(self, *args: Any, **options: Any) -> None:
        page = CoursePage.objects.select_related("course").filter(course__code=options["code"]).first()
        if page is None:
            raise CommandError(f"No course page has the code “{options['code']}”.")
        try:
            with options["file"].open("xb") as file:
                file.write(export_course(page))
        except OSError as refused:
            raise CommandError(f"{options['file']} cannot be written: {refused.strerror}.") from refused
        self.stdout.write(f"{page.title} is in {options['file']}.")
