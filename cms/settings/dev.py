"""The demo and development: SQLite and files under var/, no broker, no keys."""

import os

from cms.settings.base import *  # noqa: F403
from cms.settings.base import STORAGES, VAR_DIR

DEBUG = os.environ.get("DEBUG", "") == "1"
# Not a secret: this module is never used in production, and production.py refuses this value.
SECRET_KEY = "demo-only-" + "not-a-secret-" * 4
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", ".local", os.environ.get("DEMO_HOST", "localhost")]
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http"
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = "Lived Learning demo <demo@example.org>"
MAILBOX = True
SERVE_MEDIA = True
if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
else:
    # The demo skips compression, which takes most of the time of a first start.
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
DEMO_ALLOWED = True
# `make run` starts a stand-in of Stripe beside the site and says here where it is; nobody else does.
STRIPE_ADDRESS = os.environ.get("DEMO_STRIPE_ADDRESS", "")
if STRIPE_ADDRESS:
    STRIPE_PAGES = os.environ.get("DEMO_STRIPE_PAGES", STRIPE_ADDRESS)
