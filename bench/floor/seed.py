"""Fills the floor's database, and prints a session key for each of its people.

    python -m bench.floor.seed PEOPLE

The floor's people have no passwords: their sessions are made here.
"""

import os
import sys
from typing import TYPE_CHECKING

import django
from django.conf import settings

if TYPE_CHECKING:
    from django.contrib.auth.models import User

BODY = "<p>" + "x" * 1_000 + "</p>"


def seed(people: int) -> list[str]:
    """Make the tables, the rows and the people; return a session key for each person."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from wagtail.models import Page, Site

    from bench.floor.models import FloorPage, Text

    call_command("migrate", verbosity=0)
    Text.objects.create(pk=1, title="Floor", body=BODY)
    page = Page.get_first_root_node().add_child(instance=FloorPage(title="Floor", slug="floor", body=BODY))
    Site.objects.update(root_page=page)
    # They may enter the admin, for the floor of its pages; nothing else asks what they may.
    users = User.objects.bulk_create(
        User(username=f"person{i}", is_staff=True, is_superuser=True) for i in range(people)
    )
    return [_sign_in(user) for user in users]


def _sign_in(user: "User") -> str:
    """Make a session as signing in would, without the cost of a password."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.floor.settings"
    django.setup()
    print("\n".join(seed(int(sys.argv[1]))))
