"""Production: everything from the environment; says what is missing instead of starting half safe."""

import os
from typing import NoReturn

from django.core.exceptions import ImproperlyConfigured

from cms.settings.base import *  # noqa: F403
from cms.settings.base import CACHE_URL

SHORTEST_SECRET = 50


def _refuse(name: str, why: str) -> NoReturn:
    raise ImproperlyConfigured(f"{name}: {why} See docs/operations/settings.md.")


def _required(name: str, why: str) -> str:
    return os.environ.get(name, "").strip() or _refuse(name, why)


DEBUG = False
SECRET_KEY = _required("SECRET_KEY", "set a long random value that nobody else knows.")
if len(SECRET_KEY) < SHORTEST_SECRET or SECRET_KEY.startswith(("demo-only", "tests-only", "django-insecure")):
    _refuse("SECRET_KEY", "this is too short or is a demo value. Set 50 random characters or more.")
# Older keys: what they sealed or signed still opens, until `manage.py seal_again` and two weeks have passed.
SECRET_KEY_FALLBACKS = [
    key.strip() for key in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key.strip()
]
ALLOWED_HOSTS = [
    host.strip() for host in _required("ALLOWED_HOSTS", "name the hosts, with commas.").split(",")
]
if "*" in ALLOWED_HOSTS:
    _refuse("ALLOWED_HOSTS", "a star would let anybody forge addresses in e-mails. Name the hosts.")
SITE_HOST = _required("SITE_HOST", "set the one public host name; it is printed on certificates.")
SITE_SCHEME = os.environ.get("SITE_SCHEME", "https")
SITE_URL = f"{SITE_SCHEME}://{SITE_HOST}"
WAGTAILADMIN_BASE_URL = SITE_URL
CSRF_TRUSTED_ORIGINS = [SITE_URL]
_required("DATABASE_URL", "set the address of the database; PostgreSQL is what is tested.")

WEB_PROCESSES = int(os.environ.get("WEB_CONCURRENCY", "1"))
if WEB_PROCESSES > 1 and not CACHE_URL:
    _refuse("CACHE_URL", "with more than one process the cache must be shared. Give a Redis address.")

_secure = SITE_SCHEME == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _secure
if _secure:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SECURE_HSTS_SECONDS = int(os.environ.get("HSTS_SECONDS", "31536000"))
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
SECURE_REDIRECT_EXEMPT = [r"^health/$", r"^ready/$"]
if os.environ.get("BEHIND_PROXY", "") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Rate limits count the address that the one proxy saw, not the proxy's own.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

OUTBOX_AT_ONCE = False
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "") == "1"
EMAIL_USE_SSL = os.environ.get("EMAIL_USE_SSL", "") == "1"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = _required("DEFAULT_FROM_EMAIL", "set the address that e-mails come from.")
