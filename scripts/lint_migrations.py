"""Looks for migrations that would break a running site: locked tables, columns gone too early.

It is called here instead of from manage.py, so that the site need not have it installed.

The linter reads the SQL of SQLite here, which makes a table anew for every new column and then names all of
its columns and rules. So what it says of columns that may not be empty and of unique rules is no help, and
the migrations themselves are asked instead.
"""

import os
import sys
from collections.abc import Iterable

import django
from django.db.migrations.state import ModelState

# Written before the first release, when no site was running that they could break.
BEFORE_RELEASE = ("0002_site_in_full",)
# Unique rules over rows that older code never writes: it cannot break them.
HARMLESS_RULES = {"message_once_without_account"}
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
        exclude_migration_tests=("NOT_NULL", "ADD_UNIQUE"),
    )
    linter.lint_all_migrations()
    found = [
        sentence
        for key in later_migrations(ours)
        for sentence in (*left_empty(*key), *unique_from_now_on(*key))
    ]
    print("\n".join(found), end="\n" if found else "")
    return int(linter.has_errors or bool(found))


def later_migrations(apps: Iterable[str]) -> list[tuple[str, str]]:
    """The migrations that run on a site with data: app and name of each."""
    from django.db.migrations.loader import MigrationLoader

    migrations = MigrationLoader(None).disk_migrations
    return sorted(
        key
        for key, migration in migrations.items()
        if key[0] in apps and not migration.initial and key[1] not in BEFORE_RELEASE
    )


def left_empty(app: str, name: str) -> list[str]:
    """The columns that code from before this migration would leave empty although they may not be."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    before = loader.project_state((app, name), at_end=False).models
    after = loader.project_state((app, name)).models
    return [
        f"{app}.{name}: {model.name}.{column} may not be empty, and older code does not fill it. "
        "Give it a db_default, or let it be empty for one release."
        for key, model in after.items()
        if key in before
        for column in sorted(must_be_filled(model) - must_be_filled(before[key]))
    ]


def unique_from_now_on(app: str, name: str) -> list[str]:
    """The unique rules that a migration adds to a table that is there: older code may break them."""
    from django.db.migrations.loader import MigrationLoader
    from django.db.models import UniqueConstraint

    loader = MigrationLoader(None)
    before = loader.project_state((app, name), at_end=False).models
    after = loader.project_state((app, name)).models
    return [
        f"{app}.{name}: {rule.name} is new on {model.name}. Say in HARMLESS_RULES why older code keeps to it."
        for key, model in after.items()
        if key in before
        for rule in model.options.get("constraints", [])
        if isinstance(rule, UniqueConstraint) and rule.name not in HARMLESS_RULES
        if rule.name not in {old.name for old in before[key].options.get("constraints", [])}
    ]


def must_be_filled(model: ModelState) -> set[str]:
    """The columns that the database refuses to leave empty."""
    return {
        name
        for name, field in model.fields.items()
        if not (field.null or field.many_to_many or field.primary_key or field.has_db_default())
    }


if __name__ == "__main__":
    sys.exit(main())
