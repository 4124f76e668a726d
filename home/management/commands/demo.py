"""Build the demo: pages from content/, editions, cohorts and people. Safe to repeat."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from courses.actions.editions import PublicationRefused
from courses.certificates.models import Certificate
from courses.cohorts.models import Cohort
from courses.staff import roles
from home.demo import crowd, people
from home.demo.loader import DemoSite
from home.demo.text import TextUnreadableError


class Command(BaseCommand):
    help = "Builds or brings up to date the demo site, with made-up people to sign in as."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--accounts", action="store_true", help="only print whom to sign in as")
        parser.add_argument("--learners", type=int, default=0, help="make this many more learners")
        parser.add_argument("--bench-json", type=Path, help="write what the benchmark needs to this file")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_ALLOWED:
            raise CommandError(
                "The demo is not built here: it makes an administrator whose password everybody knows. "
                "Use the settings module cms.settings.dev."
            )
        if not options["accounts"]:
            self._build(options)
        self._print_accounts()

    def _build(self, options: dict[str, Any]) -> None:
        at = timezone.now()
        roles.set_up()
        editor = people.make(people.EDITOR, at=at)
        site = DemoSite(settings.BASE_DIR / "content", by=editor, at=at)
        try:
            cohorts = site.build()
        except (TextUnreadableError, PublicationRefused) as wrong:
            raise CommandError(f"Nothing was changed. {wrong}") from wrong
        people.populate(cohorts, at=at)
        sitting = crowd.make(cohorts, count=options["learners"], at=at)
        if options["bench_json"]:
            self._write_bench(options["bench_json"], cohorts[0], sitting)

    def _write_bench(self, path: Path, cohort: Cohort, sitting: list[dict[str, Any]]) -> None:
        codes = Certificate.objects.values_list("code", flat=True)[:100]
        found = {
            "learners": sitting,
            "verify_urls": [f"/certificates/{code}/" for code in codes],
            "course_url": cohort.edition.course.page.url,
        }
        path.write_text(json.dumps(found, indent=1), encoding="utf-8")

    def _print_accounts(self) -> None:
        self.stdout.write(f"The password of every demo account is: {people.PASSWORD}")
        for person in people.ACCOUNTS:
            self.stdout.write(f"  {person.email:<28} {person.does}")
