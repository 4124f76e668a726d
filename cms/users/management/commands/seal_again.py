"""After SECRET_KEY has changed: put what is sealed (second steps, calendar addresses) under the new key."""

from typing import Any

from django.core.management.base import BaseCommand

from cms.users import sealing, second_step


class Command(BaseCommand):
    help = "Put everything that is sealed under the newest SECRET_KEY. Then the old one can go."

    def handle(self, *args: Any, **options: Any) -> None:
        done = second_step.seal_again() + sum(again() for again in sealing.resealers)
        self.stdout.write(f"Secrets under the newest key: {done}. SECRET_KEY_FALLBACKS is no longer needed.")
