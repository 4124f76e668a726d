"""What helps a learner to take part: what they need, what they agreed to, and their supporters."""

from dataclasses import dataclass
from datetime import datetime

from cms.users.models import User
from courses.actions import cohort_names, needs
from courses.actions.supporters import hash_of
from courses.enrolment.models import Enrolment
from courses.enrolment.supporters import Supporter


@dataclass(frozen=True)
class OneOfEach:
    """A supporter, and an invitation that waits for an answer with its secret."""

    supporter: Supporter
    secret: str


def one_of_each(
    enrolment: Enrolment, *, person: User, at: datetime, words: str = "A ramp.", secret: str = "s" * 43
) -> OneOfEach:
    """The learner told what they need and shows their name; `person` supports them; one more is invited."""
    learner = enrolment.learner
    needs.tell(enrolment_id=enrolment.pk, learner=learner, text=words, agrees=True, at=at)
    cohort_names.show_name(enrolment_id=enrolment.pk, learner=learner, is_shown=True, at=at)
    return OneOfEach(supports(enrolment, person, at=at), invited(enrolment, secret, at=at))


def supports(enrolment: Enrolment, person: User, *, at: datetime) -> Supporter:
    """Somebody who has accepted."""
    return Supporter.objects.create(
        enrolment=enrolment,
        email="supporter@example.net",
        token_hash=hash_of(f"of {person.pk} for {enrolment.pk}"),
        person=person,
        invited_at=at,
        accepted_at=at,
    )


def invited(enrolment: Enrolment, secret: str, *, at: datetime) -> str:
    """Somebody who has not answered yet."""
    Supporter.objects.create(
        enrolment=enrolment, email="invited@example.net", token_hash=hash_of(secret), invited_at=at
    )
    return secret
