"""Forms of the second step: allauth's, in our words."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm
from allauth.mfa.totp.forms import ActivateTOTPForm, DeactivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.utils.translation import gettext_lazy as _

from cms.core.forms import KindWords
from cms.users import second_step

NAME_LENGTH = 60
LONGEST_CODE = 20


class CodeWords(KindWords):
    """One field for a code, easy to type: a phone shows its number keys, and spaces do no harm."""

    help_text: Any = _("The six digits from your app, or one of your recovery codes.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = _("Your code")
        field.help_text = self.help_text
        field.error_messages["required"] = _("Please type your code.")
        field.widget.attrs.pop("placeholder", None)
        field.widget.attrs.update(
            {
                "inputmode": "numeric",
                "maxlength": LONGEST_CODE,
                "autocapitalize": "off",
                "spellcheck": "false",
            }
        )


class OnceOnly:
    """Refuses a code that was used a moment ago."""

    user: Any

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        if not second_step.use_once(user=self.user, code=code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class SecondStepForm(CodeWords, OnceOnly, AuthenticateForm):
    """The second step while signing in."""


class CodeAgainForm(CodeWords, OnceOnly, ReauthenticateForm):
    """A code instead of the password, before something that matters."""


class ConnectAppForm(CodeWords, OnceOnly, ActivateTOTPForm):
    """The first code of an app, which shows that it was set up well."""

    help_text = _("The six digits that your app shows now. After half a minute it shows new ones.")


class DisconnectAppForm(KindWords, DeactivateTOTPForm):
    pass


class NewRecoveryCodesForm(KindWords, GenerateRecoveryCodesForm):
    pass


def _name_field(*, required: bool) -> forms.CharField:
    return forms.CharField(
        label=_("A name for it"),
        help_text=_("So that you know it again, such as “My phone”."),
        max_length=NAME_LENGTH,
        required=required,
        error_messages={"required": _("Please type a name.")},
    )


class AddPasskeyForm(KindWords, AddWebAuthnForm):
    name = _name_field(required=False)
    passwordless = forms.BooleanField(
        label=_("Let me sign in with it alone, without my password"),
        help_text=_("Your device then asks for your finger, your face or its own PIN."),
        required=False,
        initial=True,
    )
    field_order = ("name", "passwordless", "credential")


class RenamePasskeyForm(KindWords, EditWebAuthnForm):
    name = _name_field(required=True)


class PasskeyStepForm(KindWords, AuthenticateWebAuthnForm):
    pass


class PasskeySignInForm(KindWords, LoginWebAuthnForm):
    pass


class PasskeyAgainForm(KindWords, ReauthenticateWebAuthnForm):
    pass
