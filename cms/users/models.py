"""People: one account a person, signed in to by e-mail address."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from cms.users.devices import Browser, System


class UserManager(BaseUserManager["User"]):
    """Makes accounts; the address is the name people sign in with."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class TextSize(models.TextChoices):
    """How large letters are on every page, besides what the browser does."""

    USUAL = "", _("Usual")
    LARGE = "large", _("Large")
    LARGER = "larger", _("Very large")


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]  # Wagtail
    """An account. Learner records point here and are never deleted: erasure empties the row instead."""

    email = models.EmailField(_("e-mail address"), unique=True)
    printed_name = models.CharField(
        _("your name, as it should be printed"),
        max_length=200,
        blank=True,
        help_text=_("This is the name we print on your certificates."),
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/London")
    text_size = models.CharField(
        _("size of the letters"), max_length=10, choices=TextSize.choices, default=TextSize.USUAL, blank=True
    )
    prefers_easy_read = models.BooleanField(_("show easy-read versions first"), default=False)
    wants_answers_by_email = models.BooleanField(_("send me answers to my questions by e-mail"), default=True)
    wants_questions_by_email = models.BooleanField(
        _("tell me by e-mail when a learner asks a question"), default=True
    )
    # The newest privacy notice that this person has agreed to: kept here so that asking costs no query.
    privacy_version = models.CharField(max_length=20, blank=True, default="", editable=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)
    closing_asked_at = models.DateTimeField(_("asked to close the account"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_in_any_case"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_staff(self) -> bool:
        """Wagtail and Django ask for this name; who may use the admin is a matter of permissions."""
        return self.is_superuser

    def get_full_name(self) -> str:
        return self.printed_name or self.email

    def get_short_name(self) -> str:
        return self.printed_name.split(" ")[0] if self.printed_name else self.email


class Consent(models.Model):
    """What one person agreed to, in the words they saw. Rows are added, never changed, but for the end."""

    PRIVACY_NOTICE = "privacy-notice"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="consents")
    kind = models.SlugField(max_length=50)
    version = models.CharField(max_length=20)
    wording = models.TextField()
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "version"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="consent_once_per_version",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True)
                | models.Q(withdrawn_at__gte=models.F("given_at")),
                name="consent_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"


class SignIn(models.Model):
    """One sign-in that still lasts: with what kind of device, and since when. It goes with its session.

    It holds no internet address and not what the browser says about itself: the list "Where you are
    signed in" needs neither.
    """

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="sign_in")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    browser = models.CharField(max_length=20, choices=Browser.choices, blank=True)
    system = models.CharField(max_length=20, choices=System.choices, blank=True)
    began_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.browser} {self.system}"
