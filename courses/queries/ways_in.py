"""What the pages of every way to a place share: leading back after signing in, and what holds somebody up."""

from django.urls import reverse

from courses.actions.before_joining import Asked
from courses.enrolment.prerequisite_rules import in_the_way


class LeadsBack:
    """For who needs an account first: both ways to one lead back to `accept_url`."""

    __slots__ = ()
    accept_url: str

    @property
    def sign_in_url(self) -> str:
        return f"{reverse('account_login')}?next={self.accept_url}"

    @property
    def sign_up_url(self) -> str:
        return f"{reverse('account_signup')}?next={self.accept_url}"


class AsksFirst:
    """For what is asked for before joining (`before`), and how this visitor stands with it."""

    __slots__ = ()
    needs_sign_in: bool
    before: list[Asked]

    @property
    def is_held_up(self) -> bool:
        """Whether something is missing that is not met by ticking a box. A stranger may have it."""
        return not self.needs_sign_in and bool(in_the_way(self.before))
