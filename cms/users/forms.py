"""Forms about a person's account."""

from typing import Any

from allauth.account.forms import (
    AddEmailForm,
    ChangePasswordForm,
    LoginForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SignupForm,
)
from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.users import accounts
from cms.users.models import Consent, User
from cms.users.time_zones import time_zone_choices

NAME_LENGTH = 200


# They cannot be seen, but names in Persian, Nepali and Sinhala are written with them.
JOINERS = "\u200c\u200d"


def clean_name(name: str) -> str:
    """A name as people write it: spaces made single, control characters gone."""
    return " ".join("".join(c for c in name if c.isprintable() or c in " " + JOINERS).split())


class SignUpForm(SignupForm):
    """Sign-up asks for what is needed and no more: a name to print, an address, a password, a consent."""

    printed_name = forms.CharField(
        label=_("Your name, as it should be printed on a certificate"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    agreed = forms.BooleanField(
        label=accounts.PRIVACY_WORDING,
        error_messages={
            "required": _("Please tick the box if you agree. We cannot make an account without it.")
        },
    )
    field_order = ("printed_name", "email", "password1", "agreed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def clean_printed_name(self) -> str:
        return _not_empty(clean_name(self.cleaned_data["printed_name"]))

    def custom_signup(self, request: Any, user: User) -> None:
        """Keep the name and the consent with the new account, in the same transaction."""
        user.printed_name = self.cleaned_data["printed_name"]
        user.save(update_fields=["printed_name"])
        accounts.record_consent(
            user=user,
            kind=Consent.PRIVACY_NOTICE,
            version=settings.PRIVACY_NOTICE_VERSION,
            wording=str(accounts.PRIVACY_WORDING),
            at=timezone.now(),
        )


class SignInForm(LoginForm):
    """The way to a new password stands below the form: here it would lie between the two fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail address")
        self.fields["password"].help_text = ""
        self.fields["remember"].label = _("Keep me signed in on this device")


class AnotherAddressForm(AddEmailForm):
    """The form of allauth in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")


class ForgottenPasswordForm(ResetPasswordForm):
    """The form of allauth in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")


class ResetForm(ResetPasswordKeyForm):
    """The form of allauth in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("New password, once more")


class NewPasswordForm(ChangePasswordForm):
    """The form of allauth in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("The password you have now")
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("New password, once more")


def _not_empty(name: str) -> str:
    if not name.strip(" " + JOINERS):
        raise forms.ValidationError(_("Please type your name."))
    return name


class DetailsForm(forms.ModelForm[User]):
    """What a person may change about themselves."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zone_choices,
        error_messages={"invalid_choice": _("Choose a time zone from the list.")},
    )

    class Meta:
        model = User
        fields = ("printed_name", "time_zone")
        widgets = {"printed_name": forms.TextInput(attrs={"autocomplete": "name"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["printed_name"].required = True

    def clean_printed_name(self) -> str:
        return _not_empty(clean_name(self.cleaned_data["printed_name"]))


class PasswordForm(forms.Form):
    """The password again, before something that cannot easily be undone."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("That is not your password. Please try again."))
        return password
