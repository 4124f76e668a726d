"""Looks for migrations that would break a running site: locked tables, columns gone too early.

It is called here instead of from manage.py, so that the site need not have it installed.
"""

import os
import sys

import django

# Written before the first release, when no site was running that they could break.
BEFORE_RELEASE = ("0002_site_in_full",)
OUR_APPS = ("core", "users", "research", "courses", "home", "search")


def main() -> int:
    """Lint the migrations of our own apps; return 1 if one of them is dangerous."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.dev")
    django.setup()
    from django.apps import apps
    from django_migration_linter import MigrationLinter

    ours = [app.label for app in apps.get_app_configs() if app.label in OUR_APPS]
    # The first migrations run on an empty database, where nothing can be locked or lost.
    linter = MigrationLinter(
        include_apps=ours,
        no_cache=True,
        quiet=["ignore", "ok"],
        ignore_initial_migrations=True,
        ignore_name=BEFORE_RELEASE,
    )
    linter.lint_all_migrations()
    return int(linter.has_errors)


if __name__ == "__main__":
    sys.exit(main())
