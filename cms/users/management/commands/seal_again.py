"""After SECRET_KEY has changed: put the secrets of second steps under the new key."""

from typing import Any

from django.core.management.base import BaseCommand

from cms.users import second_step


class Command(BaseCommand):
    help = "Put the secrets of second steps under the newest SECRET_KEY. Then the old one can go."

    def handle(self, *args: Any, **options: Any) -> None:
        done = second_step.seal_again()
        self.stdout.write(f"Secrets under the newest key: {done}. SECRET_KEY_FALLBACKS is no longer needed.")
