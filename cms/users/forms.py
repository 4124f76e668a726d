"""Forms about a person's account."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    AddEmailForm,
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
    SignupForm,
)
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.core import places
from cms.core.forms import KindWords
from cms.users import accounts
from cms.users.models import Consent, TextSize, User
from cms.users.time_zones import grouped_choices

NAME_LENGTH = 200


# They cannot be seen, but names in Persian, Nepali and Sinhala are written with them.
JOINERS = "\u200c\u200d"


def clean_name(name: str) -> str:
    """A name as people write it: spaces made single, control characters gone."""
    return " ".join("".join(c for c in name if c.isprintable() or c in " " + JOINERS).split())


class AgreeingField(forms.BooleanField):
    """A box whose label is a whole sentence, with a few words for it in the list of what is missing."""

    short_label = _("Agreeing to the privacy notice")


class SignUpForm(KindWords, SignupForm):
    """Sign-up asks for what is needed and no more: a name to print, an address, a password, a consent."""

    printed_name = forms.CharField(
        label=_("Your name, as it should be printed on a certificate"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    agreed = AgreeingField(
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
            version=places.privacy_version(),
            wording=str(accounts.PRIVACY_WORDING),
            at=timezone.now(),
        )


class SignInForm(KindWords, LoginForm):
    """The way to a new password stands below the form: here it would lie between the two fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail address")
        self.fields["password"].help_text = ""
        self.fields["remember"].label = _("Keep me signed in on this device")


class AnotherAddressForm(KindWords, AddEmailForm):
    """The form of allauth in our words. The old address is told at once, before anything changes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New e-mail address")

    def save(self, request: Any) -> Any:
        waiting = super().save(request)
        get_adapter().send_notification_mail(
            "account/email/email_change_asked", self.user, {"new_email": waiting.email}
        )
        return waiting


class ForgottenPasswordForm(KindWords, ResetPasswordForm):
    """The form of allauth in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")


class ResetForm(KindWords, ResetPasswordKeyForm):
    """The form of allauth in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("New password, once more")


class NewPasswordForm(KindWords, ChangePasswordForm):
    """The form of allauth in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("The password you have now")
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("New password, once more")


class FirstPasswordForm(KindWords, SetPasswordForm):
    """The form of allauth in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("New password, once more")


class PasswordAgainForm(KindWords, ReauthenticateForm):
    """The form of allauth in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["password"]
        field.label = _("Your password")
        field.help_text = ""
        field.error_messages["required"] = _("Please type your password.")


def _not_empty(name: str) -> str:
    if not name.strip(" " + JOINERS):
        raise forms.ValidationError(_("Please type your name."))
    return name


class DetailsForm(KindWords, forms.ModelForm[User]):
    """What a person may change about themselves."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("The place that has the same time as you. We show dates and times in it."),
        choices=grouped_choices,
        widget=forms.Select(attrs={"data-time-zones": ""}),
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


class PasswordForm(KindWords, forms.Form):
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


class ReadingForm(KindWords, forms.ModelForm[User]):
    """How somebody likes to read, on every device they sign in with."""

    text_size = forms.ChoiceField(
        label=_("Size of the letters"),
        choices=TextSize.choices,
        widget=forms.RadioSelect,
        required=False,
    )

    class Meta:
        model = User
        fields = ("text_size", "prefers_easy_read")
        labels = {"prefers_easy_read": _("Show me the easy-read version first")}
        help_texts = {
            "prefers_easy_read": _(
                "Some lessons have a version in short, plain sentences. You can always change to the other "
                "one on the page."
            )
        }


class NotificationsForm(KindWords, forms.ModelForm[User]):
    """Which e-mails somebody wants besides those that always come."""

    class Meta:
        model = User
        fields = ("wants_answers_by_email", "wants_questions_by_email")
        labels = {
            "wants_answers_by_email": _("When somebody answers a question I asked"),
            "wants_questions_by_email": _("When a learner in my group asks a question"),
        }

    def __init__(self, *args: Any, is_asked: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_asked:
            del self.fields["wants_questions_by_email"]


class RemoveSecondStepForm(KindWords, forms.Form):
    """Why an administrator takes the second step off somebody's account."""

    reason = forms.CharField(
        label=_("How do you know that this is the person?"),
        help_text=_("Such as: “Called the number we had on file.” This is kept in the history."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Please say how you know that this is the person.")},
    )
