"""What accounts change in Wagtail's admin."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.permissions import register_permission_policy

from cms.users.models import User
from cms.users.viewset import AccountsAreNotDeleted

register_permission_policy(User, AccountsAreNotDeleted(User))


@hooks.register("before_bulk_action")
def keep_accounts(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """The bulk delete of people asks nobody's permission policy, so it is refused here."""
    if action_type != "delete" or not objects or not isinstance(objects[0], User):
        return None
    messages.error(
        request,
        _("Accounts are not deleted: learners’ records need them. A person closes their own account."),
    )
    return redirect("wagtailusers_users:index")
