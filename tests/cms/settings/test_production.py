"""Production starts only when everything that keeps people safe is set."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
GOOD = {
    "SECRET_KEY": "k" * 25 + "Z" * 25,
    "ALLOWED_HOSTS": "learn.example, www.learn.example",
    "SITE_HOST": "learn.example",
    "DATABASE_URL": "postgres://somebody@localhost/somewhere",
    "DEFAULT_FROM_EMAIL": "courses@learn.example",
}
READ = """
import json
from django.conf import settings
names = ["DEBUG", *NAMES]
print(json.dumps({name: getattr(settings, name, None) for name in names}))
"""


def start(names: list[str], **changes: str | None) -> subprocess.CompletedProcess[str]:
    """Read settings in a process of its own, as the server would."""
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "cms.settings.production", **GOOD}
    for name, value in changes.items():
        environment.pop(name, None)
        if value is not None:
            environment[name] = value
    code = READ.replace("NAMES", repr(names))
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", None),
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "demo-only-" + "not-a-secret-" * 4),
        ("SECRET_KEY", "tests-only-" + "x" * 50),
        ("SECRET_KEY", "django-insecure-" + "x" * 50),
        ("ALLOWED_HOSTS", None),
        ("ALLOWED_HOSTS", " "),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "learn.example, *"),
        ("SITE_HOST", None),
        ("DATABASE_URL", None),
        ("DEFAULT_FROM_EMAIL", None),
    ],
)
def test_it_does_not_start_half_safe(name: str, value: str | None) -> None:
    tried = start([], **{name: value})
    assert tried.returncode != 0
    last = tried.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in last
    assert name in last
    assert GOOD["SECRET_KEY"] not in tried.stderr


def test_several_processes_need_a_shared_cache() -> None:
    alone = start([], WEB_CONCURRENCY="2")
    assert alone.returncode != 0
    assert "CACHE_URL" in alone.stderr.strip().splitlines()[-1]
    assert start([], WEB_CONCURRENCY="2", CACHE_URL="redis://localhost/0").returncode == 0


def test_with_everything_set_it_is_safe() -> None:
    names = [
        "DEBUG",
        "ALLOWED_HOSTS",
        "SITE_URL",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
        "SECURE_HSTS_SECONDS",
        "SESSION_COOKIE_NAME",
        "CSRF_COOKIE_NAME",
        "SECURE_PROXY_SSL_HEADER",
        "ALLAUTH_TRUSTED_PROXY_COUNT",
        "MAILBOX",
        "USE_X_FORWARDED_HOST",
        "CSRF_TRUSTED_ORIGINS",
        "EMAIL_TIMEOUT",
        "DEMO_ALLOWED",
    ]
    started = start(names)
    assert started.returncode == 0, started.stderr
    found = json.loads(started.stdout)
    assert found == {
        "DEBUG": False,
        "ALLOWED_HOSTS": ["learn.example", "www.learn.example"],
        "SITE_URL": "https://learn.example",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31536000,
        "SESSION_COOKIE_NAME": "__Host-session",
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "SECURE_PROXY_SSL_HEADER": None,
        "ALLAUTH_TRUSTED_PROXY_COUNT": None,
        "MAILBOX": False,
        "USE_X_FORWARDED_HOST": False,
        "CSRF_TRUSTED_ORIGINS": ["https://learn.example"],
        "EMAIL_TIMEOUT": 10,
        "DEMO_ALLOWED": False,
    }


def test_behind_a_proxy_each_visitor_is_counted_by_their_own_address() -> None:
    """Otherwise all visitors share the proxy's address, and its limits, and one can lock out all."""
    names = ["SECURE_PROXY_SSL_HEADER", "ALLAUTH_TRUSTED_PROXY_COUNT", "USE_X_FORWARDED_HOST"]
    found = json.loads(start(names, BEHIND_PROXY="1").stdout)
    assert found == {
        "DEBUG": False,
        "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
        "ALLAUTH_TRUSTED_PROXY_COUNT": 1,
        "USE_X_FORWARDED_HOST": False,
    }


def test_it_cannot_be_told_to_pay_at_a_stand_in() -> None:
    told = {"DEMO_STRIPE_ADDRESS": "http://127.0.0.1:9", "STRIPE_ADDRESS": "http://127.0.0.1:9"}
    started = start(["STRIPE_ADDRESS", "STRIPE_PAGES"], **told, DEMO_STRIPE_PAGES="http://127.0.0.1:9")
    assert json.loads(started.stdout) == {
        "DEBUG": False,
        "STRIPE_ADDRESS": "",
        "STRIPE_PAGES": "https://checkout.stripe.com",
    }
