"""Accounts of the cast."""

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from wagtail.models import Collection

from cms.users.models import User
from courses.staff import roles
from tests.factories import snapshots

PASSWORD = "correct horse battery"


def person(key: str, name: str, **fields: Any) -> User:
    """An account with a confirmed address."""
    user = User.objects.create_user(f"{key}@example.org", PASSWORD, printed_name=name, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def staff(key: str, name: str, *, group: str) -> User:
    """An account in one of the groups of a course team."""
    if Collection.get_first_root_node() is None:  # a test that emptied the database ran before
        Collection.add_root(instance=Collection(name="Root"))
    if not Group.objects.filter(name=group).exists():
        snapshots.remembered(("roles",), roles.set_up)
    user = person(key, name)
    user.groups.add(Group.objects.get(name=group))
    return user
