"""Settings that every installation shares. Values only: no rule of the site lives here."""

import os
from pathlib import Path
from typing import Any

import dj_database_url
import django_stubs_ext
from csp.constants import NONE, SELF, UNSAFE_INLINE

from cms.settings.database import for_real_use

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))

INSTALLED_APPS = [
    "home",
    "search",
    "courses",
    "cms.research",
    "cms.users.apps.UsersConfig",
    "cms.core",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "wagtail.contrib.settings",
    "django.contrib.sitemaps",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "cms.users.apps.PeopleAdminConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "cms.core.maintenance.MaintenanceMiddleware",
    "cms.core.page_cache.PageCacheMiddleware",
    "cms.core.middleware.SiteLanguageMiddleware",
    "cms.core.middleware.ContentPolicyMiddleware",
    "cms.core.middleware.AdminContentPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cms.core.middleware.OddCookiesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "cms.users.middleware.SessionsAccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cms.core.middleware.PrivatePagesMiddleware",
    "cms.core.middleware.PersonsTimeZoneMiddleware",
    "cms.users.middleware.SignedInMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

# W003 finds two template libraries called i18n, and two called static. Ours stand before Django's on purpose:
# see cms/core/kept_words.py and kept_static.py.
SILENCED_SYSTEM_CHECKS = ["templates.W003"]

ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"
ASGI_APPLICATION = "cms.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "libraries": {
                "heroicons": "cms.core.icons",
                "i18n": "cms.core.kept_words",
                "static": "cms.core.kept_static",
            },
        },
    },
]

DATABASES = {
    "default": for_real_use(
        dj_database_url.config(
            default=f"sqlite:///{VAR_DIR / 'demo.sqlite3'}",
            conn_max_age=600,
            conn_health_checks=True,
        ),
        # A pooler in between that gives each transaction another connection may know no plans.
        keeps_plans=os.environ.get("DATABASE_KEEPS_PLANS", "1") == "1",
    )
}

# With more than one process the cache must be shared: give a Redis or Valkey address.
CACHE_URL = os.environ.get("CACHE_URL", "")
CACHES = {
    "default": {
        "BACKEND": "cms.core.shared_memory.SharedMemory"
        if CACHE_URL
        else "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": CACHE_URL or "lived-learning",
    },
    # Each process's own memory, for what is cheap to lose and dear to fetch: menus, drawn lessons.
    "local": {
        "BACKEND": "cms.core.own_memory.OwnMemory",
        "LOCATION": "local",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
}

# --- People and signing in ----------------------------------------------------------------------

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["cms.users.backends.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "cms.users.passwords.LongEnough"},
    {"NAME": "cms.users.passwords.NotLikeTheAddress"},
    {"NAME": "cms.users.passwords.NotCommon"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "learning:dashboard"
ACCOUNT_ADAPTER = "cms.users.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# One address a person: a new one takes the place of the old one when its owner has confirmed it.
ACCOUNT_CHANGE_EMAIL = True
# What touches the safety of an account is told by e-mail, whatever else somebody wants to hear.
ACCOUNT_EMAIL_NOTIFICATIONS = True
# The password again, before the address or the second step changes, unless it was given just now.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 60 * 10
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"
ACCOUNT_FORMS = {
    "signup": "cms.users.forms.SignUpForm",
    "login": "cms.users.forms.SignInForm",
    "add_email": "cms.users.forms.AnotherAddressForm",
    "change_password": "cms.users.forms.NewPasswordForm",
    "reset_password": "cms.users.forms.ForgottenPasswordForm",
    "reset_password_from_key": "cms.users.forms.ResetForm",
    "reauthenticate": "cms.users.forms.PasswordAgainForm",
    "set_password": "cms.users.forms.FirstPasswordForm",
}
# A second step of signing in, for those who want one: codes from an app, or a passkey.
MFA_ADAPTER = "cms.users.second_step.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Clocks of phones differ, and some people type slowly.
MFA_TOTP_TOLERANCE = 1
# Nobody signs in before their address is confirmed, so this only concerns a new address that waits for
# its owner; without it nobody with a second step could change their address.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "cms.users.second_step_forms.SecondStepForm",
    "reauthenticate": "cms.users.second_step_forms.CodeAgainForm",
    "activate_totp": "cms.users.second_step_forms.ConnectAppForm",
    "deactivate_totp": "cms.users.second_step_forms.DisconnectAppForm",
    "generate_recovery_codes": "cms.users.second_step_forms.NewRecoveryCodesForm",
    "add_webauthn": "cms.users.second_step_forms.AddPasskeyForm",
    "edit_webauthn": "cms.users.second_step_forms.RenamePasskeyForm",
    "authenticate_webauthn": "cms.users.second_step_forms.PasskeyStepForm",
    "login_webauthn": "cms.users.second_step_forms.PasskeySignInForm",
    "reauthenticate_webauthn": "cms.users.second_step_forms.PasskeyAgainForm",
}
# Whether people who may enter the admin must have a second step. Without it they are only urged to.
REQUIRE_SECOND_STEP_FOR_STAFF = os.environ.get("REQUIRE_SECOND_STEP_FOR_STAFF", "") == "1"
PASSWORD_RESET_TIMEOUT = 60 * 60 * 2
SESSION_ENGINE = "cms.core.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_NAME = "session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "cms.core.errors.csrf_failure"
# How often one address may ask the public check page: enough for a person, too slow for guessing.
CERTIFICATE_CHECKS_A_MINUTE = 30
# Closing an account waits this long, so that a mistake can be undone.
ACCOUNT_CLOSING_DAYS = 14
# The words a person agrees to, and their version, are kept with each consent.
PRIVACY_NOTICE_VERSION = "2026-11-23"

# --- Language, time, files ----------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
FORMAT_MODULE_PATH = ["cms.formats"]
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
# Files that only their owner may fetch (certificates): never below MEDIA_ROOT, never served by address.
PRIVATE_ROOT = VAR_DIR / "private"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(PRIVATE_ROOT), "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# While this is on, or while the file is there (`manage.py maintenance on`), visitors are asked to wait.
MAINTENANCE = os.environ.get("MAINTENANCE", "") == "1"
MAINTENANCE_FILE = VAR_DIR / "maintenance.json"

# --- Payments -----------------------------------------------------------------------------------

# Without a key nobody can pay by card; free courses and invoices work as always.
PAYMENT_GATEWAY = "courses.payments.stripe_gateway.StripeGateway"
STRIPE_SECRET_KEY = os.environ.get("STRIPE_SECRET_KEY", "")
# Several while one takes the place of another, with commas.
STRIPE_WEBHOOK_SECRETS = [
    secret.strip() for secret in os.environ.get("STRIPE_WEBHOOK_SECRETS", "").split(",") if secret.strip()
]
# The account that events must come from; empty for the one that the key belongs to.
STRIPE_ACCOUNT = os.environ.get("STRIPE_ACCOUNT", "")
# Only the demo and the tests ask anybody but Stripe; production cannot be told to.
STRIPE_ADDRESS = ""
# How often a request that got no answer is made again at once; each may take 10 seconds.
STRIPE_RETRIES = 1
# Where people are sent to pay. Browsers follow a form there only from pages whose policy names it.
STRIPE_PAGES = "https://checkout.stripe.com"
# Somebody who pays has so long; their place is kept a little longer, for the news to arrive.
PAYMENT_MINUTES = 60
# The month in which the operator's accounting year begins: for how long records of sales are kept.
FINANCIAL_YEAR_STARTS = int(os.environ.get("FINANCIAL_YEAR_STARTS", "1"))

# --- Background work ----------------------------------------------------------------------------

# Wagtail's own tasks keep its indexes of pages; they are short, and done while an editor saves.
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
# Whether what waits in the outbox is done by the process that wrote it, or by `manage.py deliver`.
OUTBOX_AT_ONCE = True
# With pauses that double up to six hours, this is about three days.
OUTBOX_ATTEMPTS = 20

# --- Wagtail ------------------------------------------------------------------------------------

SITE_NAME = os.environ.get("SITE_NAME", "Lived Learning")
SITE_HOST = os.environ.get("SITE_HOST", "localhost:8000")
SITE_SCHEME = os.environ.get("SITE_SCHEME", "http")
SITE_URL = f"{SITE_SCHEME}://{SITE_HOST}"
WAGTAIL_SITE_NAME = SITE_NAME
WAGTAILADMIN_BASE_URL = SITE_URL
# Words are kept as they are: search/words.py knows their forms, and finds the same in every database.
WAGTAILSEARCH_BACKENDS = {
    "default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "simple"}
}
WAGTAILDOCS_DOCUMENT_MODEL = "core.SiteDocument"
WAGTAILDOCS_EXTENSIONS = [
    *("csv", "docx", "odt", "pdf", "txt", "xlsx"),
    *("m4a", "mp3", "mp4", "ogg", "vtt", "webm"),
]
WAGTAILDOCS_CONTENT_TYPES = {
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "ogg": "audio/ogg",
    "vtt": "text/vtt",
    "webm": "video/webm",
}
WAGTAILDOCS_MAX_UPLOAD_SIZE = 250 * 1024 * 1024
# Every uploaded file goes through Django, which asks first who may have it.
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILIMAGES_IMAGE_MODEL = "core.SiteImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.core.image_forms.ImageForm"
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "svg", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
# Width times height times frames: a small file can unfold into more than the memory holds.
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAIL_I18N_ENABLED = False
# Passwords and addresses are changed on the site's own account pages.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
# Nothing calls out by itself.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False

# --- Security -----------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
ADMIN_PREFIX = "/admin/"
# Wagtail previews a page in a frame of its own editor.
ADMIN_CONTENT_SECURITY_POLICY = {
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "media-src": [SELF],
        "form-action": [SELF],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    },
}

# --- Logging: one JSON line an event, without names, addresses or query strings --------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "cms.core.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        # Wagtail and the task runner tell every step; what people do is in the ledger already.
        "django_tasks": {"level": "WARNING"},
        "wagtail": {"level": "WARNING"},
        # Its information repeats what was sent.
        "stripe": {"level": "WARNING"},
    },
}
# The demo shows its e-mails and serves its own pictures; in production both are somebody else's work.
MAILBOX = False
SERVE_MEDIA = False
# Only where nothing real can be harmed may `manage.py demo` build its pages and people.
DEMO_ALLOWED = False
