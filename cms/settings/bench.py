"""Production as it is, on the loopback address without TLS, for `make bench` only."""

import os

os.environ.setdefault("SECRET_KEY", "bench" * 12)
os.environ.setdefault("ALLOWED_HOSTS", "127.0.0.1,localhost")
os.environ.setdefault("SITE_HOST", "127.0.0.1")
os.environ.setdefault("SITE_SCHEME", "http")
os.environ.setdefault("DEFAULT_FROM_EMAIL", "bench@example.org")

from cms.settings.production import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
# All readers sign in from one address within a minute.
ACCOUNT_RATE_LIMITS = False
CERTIFICATE_CHECKS_A_MINUTE = 10**9
DEMO_ALLOWED = True
# Beside the site runs a stand-in of Stripe; what it costs is in no figure.
STRIPE_ADDRESS = STRIPE_PAGES = os.environ.get("BENCH_STRIPE_ADDRESS", "")
