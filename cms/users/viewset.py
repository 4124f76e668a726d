"""People in Wagtail's admin: one name instead of two, and accounts that are closed, never deleted."""

from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.account import AccountView, NameEmailSettingsPanel
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import UserViewSet

from cms.users import second_step
from cms.users.forms import clean_name
from cms.users.models import User


class PersonForm(forms.ModelForm[User]):
    """What both forms share. Their two names are taken out: people here have one, as it is printed."""

    first_name = None
    last_name = None
    printed_name = forms.CharField(label=_("Name, as it should be printed"), max_length=200)

    def clean_printed_name(self) -> str:
        return clean_name(self.cleaned_data["printed_name"])

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        return email

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - Django's own signature
        """A new address must be confirmed by its owner at the next sign-in."""
        user = super().save(commit)
        if commit and "email" in self.changed_data:
            EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
            EmailAddress.objects.get_or_create(
                user=user, email=user.email, defaults={"primary": True, "verified": False}
            )
        return user


class PersonCreationForm(PersonForm, UserCreationForm):
    class Meta(UserCreationForm.Meta):
        fields = ("email", "printed_name", "is_superuser", "groups")


class PersonEditForm(PersonForm, UserEditForm):
    class Meta(UserEditForm.Meta):
        fields = ("email", "printed_name", "is_active", "is_superuser", "groups")

    @property
    def has_second_step(self) -> bool:
        """For the link to where it can be taken off."""
        return second_step.is_on(self.instance)


class PersonViewSet(UserViewSet):
    """Wagtail's list of users, with our forms."""

    def get_form_class(self, for_update: bool = False) -> Any:  # noqa: FBT001, FBT002 - Wagtail's own
        return PersonEditForm if for_update else PersonCreationForm


class AccountsAreNotDeleted(ModelPermissionPolicy):
    """Learner records name people, so accounts are closed and emptied, never deleted."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "delete" and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return bool(super().user_has_any_permission(user, set(actions) - {"delete"}))


class StaffAccountView(AccountView):
    """Wagtail's own preferences without its name panel: names are changed under "Your account"."""

    def get_panels(self) -> list[Any]:
        return [panel for panel in super().get_panels() if not isinstance(panel, NameEmailSettingsPanel)]
