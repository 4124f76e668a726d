"""Tests: fast hashing, mail in memory, plain static files; DATABASE_URL chooses the database."""

import os
import tempfile
from pathlib import Path

from cms.settings.base import *  # noqa: F403
from cms.settings.base import DATABASES, STORAGES

SECRET_KEY = "tests-only-" + "x" * 50
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
DEFAULT_FROM_EMAIL = "Lived Learning <courses@example.org>"
SITE_HOST = "testserver"
SITE_URL = "http://testserver"
WAGTAILADMIN_BASE_URL = SITE_URL
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
_files = Path(tempfile.gettempdir()) / f"lived-learning-tests-{os.getpid()}"
MEDIA_ROOT = _files / "media"
PRIVATE_ROOT = _files / "private"
MAINTENANCE_FILE = _files / "maintenance.json"
STORAGES["private"]["OPTIONS"]["location"] = str(PRIVATE_ROOT)
DATABASES["default"]["CONN_MAX_AGE"] = 0
if os.environ.get("TEST_DB_FILE"):
    # A file that `pytest --reuse-db` finds again: SQLite in memory is migrated anew on every run.
    DATABASES["default"]["TEST"] = {"NAME": os.environ["TEST_DB_FILE"]}
LOG_LEVEL = "WARNING"
DEMO_ALLOWED = True
STRIPE_RETRIES = 0
