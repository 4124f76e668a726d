"""What a password must be, in our words. The checks themselves are Django's."""

from django.contrib.auth import password_validation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class LongEnough(password_validation.MinimumLengthValidator):
    def get_error_message(self) -> str:
        return ngettext(
            "This password is too short. Please use %d letter or sign, or more. Three or four words in a row "
            "are easy to keep in mind.",
            "This password is too short. Please use %d letters or signs, or more. Three or four words in a "
            "row are easy to keep in mind.",
            self.min_length,
        ) % (self.min_length,)

    def get_help_text(self) -> str:
        return ngettext(
            "Use %(number)d letter or sign, or more. Three or four words are easy to keep in mind.",
            "Use %(number)d letters or signs, or more. Three or four words are easy to keep in mind.",
            self.min_length,
        ) % {"number": self.min_length}


class NotLikeTheAddress(password_validation.UserAttributeSimilarityValidator):
    def get_error_message(self) -> str:
        return _("This password is too much like your e-mail address. Please think of other words.")

    def get_help_text(self) -> str:
        return _("Do not use your name or your e-mail address.")


class NotCommon(password_validation.CommonPasswordValidator):
    def get_error_message(self) -> str:
        return _("Many people use this password, so it is easy to guess. Please think of another one.")

    def get_help_text(self) -> str:
        return _("Do not use a password that many people use.")
