"""What accounts change in Wagtail's admin."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.permissions import register_permission_policy

from cms.users import second_step
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


@hooks.register("register_log_actions")
def log_of_second_steps(actions: LogActionRegistry) -> None:
    """What the history of an account says when an administrator took its second step off."""

    @actions.register_action(second_step.REMOVED)
    class SecondStepRemoved(LogFormatter):
        label = gettext_lazy("Remove second step")

        def format_message(self, log_entry: Any) -> str:
            reason = log_entry.data.get("reason", "")
            return _("Second step removed: %(reason)s") % {"reason": reason}


class SecondStepPanel(Component):
    """Urges staff without a second step to set one up."""

    order = 1
    template_name = "account/staff/second_step_panel.html"


@hooks.register("construct_homepage_panels")
def urge_a_second_step(request: HttpRequest, panels: list[Any]) -> None:
    """Staff see other people's data, so a stolen password does more harm."""
    if not second_step.is_on(request.user):
        panels.append(SecondStepPanel())
