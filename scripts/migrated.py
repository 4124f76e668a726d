"""A database as migrations leave it, made once for all parts of a run: each worker begins with a copy.

python -m scripts.migrated NAME    make it on the database of DATABASE_URL; for SQLite NAME is a file
"""

import os
import sys

import django
from django.db import connection


def make(name: str) -> None:
    """Migrate an empty database with this name, which must not be there yet."""
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
    django.setup()
    make(sys.argv[1])
