"""The second step of signing in: codes from an app, passkeys, recovery codes. allauth does the work.

Here stands what we decide: names on the configured host, sealed secrets, our words, and what happens
when somebody has lost everything.
"""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from cms.users import sealing
from cms.users.models import User

REMOVED = "users.second_step_removed"
# A code of an app is good for the step before and after its own: three steps of half a minute.
CODE_LIVES_SECONDS = 90


class SecondStepAdapter(DefaultMFAAdapter):
    """Names and secrets of the second step, as this site wants them."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or it was used already. Please wait for the next one."),
        "cannot_generate_recovery_codes": _("Please set up a second step first."),
        "unverified_email": _("Please confirm your e-mail address first: open the link we sent to it."),
    }

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text)

    def _get_site_name(self) -> str:
        return settings.SITE_NAME

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the configured host, never to what a request claims."""
        return {"id": urlsplit(settings.SITE_URL).hostname or "", "name": settings.SITE_NAME}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - allauth's own name
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey %(number)d") % {"number": number}


def is_on(user: Any) -> bool:
    """Whether somebody needs a second step to sign in. One query."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=kinds).exists())


def use_once(*, user: Any, code: str) -> bool:
    """Say whether a code is used for the first time while it could still be good.

    allauth remembers a code for one step only, but with its tolerance a code lives for three.
    """
    plain = "".join(sign for sign in code if sign.isalnum())
    return bool(cache.add(f"second-step-code:{user.pk}:{plain}", "used", CODE_LIVES_SECONDS))


@transaction.atomic
def remove(*, user: User, by: User, reason: str, at: datetime) -> bool:
    """Take the second step off the account of somebody who has lost everything. Safe to repeat.

    Who did it and why is kept in the log of the account. The caller writes to the person.
    """
    removed, _by_model = Authenticator.objects.filter(user=user).delete()
    if removed:
        log(instance=user, action=REMOVED, user=by, data={"reason": reason}, timestamp=at)
    return bool(removed)


def seal_again() -> int:
    """Put every secret under the newest SECRET_KEY; return how many accounts were touched."""
    kinds = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}
    done = 0
    for pk in list(Authenticator.objects.filter(type__in=kinds).values_list("pk", flat=True)):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if row is None:
                continue
            name = kinds[row.type]
            row.data[name] = sealing.seal_again(row.data[name])
            row.save(update_fields=["data"])
            done += 1
    return done
