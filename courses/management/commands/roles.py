"""Make the groups that people of a course team are put into: `manage.py roles`."""

from typing import Any

from django.core.management.base import BaseCommand

from courses.staff import roles


class Command(BaseCommand):
    help = "Makes or brings up to date the groups of staff, and the workflow with a second pair of eyes."

    def handle(self, *args: Any, **options: Any) -> None:
        roles.set_up()
        for role in roles.ROLES:
            self.stdout.write(role.name)
