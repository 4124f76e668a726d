"""What administrators can do for somebody's account."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.admin.auth import require_admin_access

from cms.users import accounts, second_step
from cms.users.forms import RemoveSecondStepForm
from cms.users.models import User


def may_remove_second_step(*, by: Any, of: User) -> bool:
    """Who may change accounts; only a superuser may touch a superuser, and nobody themselves."""
    return by.pk != of.pk and by.has_perm("users.change_user") and (by.is_superuser or not of.is_superuser)


@require_http_methods(["GET", "HEAD", "POST"])
@require_admin_access  # type: ignore[untyped-decorator]
def remove_second_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the second step off an account whose owner has lost phone, passkeys and recovery codes."""
    person = get_object_or_404(User, pk=pk, erased_at=None)
    if not may_remove_second_step(by=request.user, of=person):
        raise PermissionDenied
    form = RemoveSecondStepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _remove(request, person, form.cleaned_data["reason"])
        return redirect("wagtailusers_users:edit", person.pk)
    context = {"person": person, "form": form, "is_on": second_step.is_on(person)}
    return render(request, "account/staff/remove_second_step.html", context)


def _remove(request: HttpRequest, person: User, reason: str) -> None:
    by = User.objects.get(email=request.user.get_username())
    if second_step.remove(user=person, by=by, reason=reason, at=timezone.now()):
        accounts.tell(person, "second_step_removed", {})
        messages.success(request, _("The second step is gone. We have written to the person."))
    else:
        messages.info(request, _("There was no second step on this account."))
