"""What staff can do with one person's place: each with its own short form, a reason, and a confirmation.

The form asks, the action judges. What is typed survives a refusal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.actions import allow, certify, enrol, moving, study
from courses.assessment.allowances import MOST_TIME_PERCENT
from courses.cohorts.models import Cohort
from courses.progress.rules import Outcome
from courses.queries import moves
from courses.queries.people import PersonInCohort

LONGEST_REASON = 300
LONGEST_NAME = 200


class ReasonForm(forms.Form):
    """Why. `person` is whose place it is, `by` who does it."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=LONGEST_REASON,
        help_text=_("Kept with the record. The person can see it in the download of their data."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Please say why, in a few words.")},
    )

    def __init__(self, *args: Any, person: PersonInCohort, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.by = person, by
        self.prepare()
        self.order_fields([name for name in self.fields if name != "reason"])

    def prepare(self) -> None:
        """Fill the choices."""


def past_field() -> forms.BooleanField:
    """The box of who lets somebody in although something is missing."""
    return forms.BooleanField(
        required=False,
        label=_("Also when something is missing that is asked for before joining"),
        help_text=_("Your name and the reason stay on record."),
    )


def moves_to(fields: dict[str, Any], cohort: Cohort, *, by: Any) -> None:
    """Fill in where somebody could be moved to, or say that there is no such place."""
    found = moves.targets(cohort, by=by)
    fields["to_cohort"].choices = found.choices
    if not found.choices:
        fields["to_cohort"].help_text = _(
            "There is no other cohort of this course that you look after. Open one first."
        )
    if found.asks:
        fields["past_prerequisites"] = past_field()


class MoveForm(ReasonForm):
    to_cohort = forms.TypedChoiceField(label=_("To which cohort"), coerce=int)
    kind = forms.ChoiceField(
        label=_("Who asked for it"),
        choices=[
            (moving.DEFERRED, _("The person, who wants to go on later")),
            (moving.TRANSFERRED, _("The team, or both together")),
        ],
    )

    def prepare(self) -> None:
        moves_to(self.fields, self.person.cohort, by=self.by)


class TryForm(ReasonForm):
    activity = forms.TypedChoiceField(label=_("At which quiz"), coerce=int)

    def prepare(self) -> None:
        found = [(quiz.activity_id, quiz.title) for quiz in self.person.used_up]
        self.fields["activity"].choices = found  # type: ignore[attr-defined]


class TimeForm(ReasonForm):
    activity = forms.TypedChoiceField(label=_("At which quiz"), coerce=int)
    percent = forms.IntegerField(
        label=_("How much of the usual time, in per cent"),
        min_value=allow.USUAL_TIME,
        max_value=MOST_TIME_PERCENT,
        initial=125,
        help_text=_("150 means half as much again. 100 is the usual time."),
    )

    def prepare(self) -> None:
        found = [(quiz.activity_id, quiz.title) for quiz in self.person.timed]
        self.fields["activity"].choices = found  # type: ignore[attr-defined]


class DoneForm(ReasonForm):
    activity = forms.TypedChoiceField(label=_("What was done"), coerce=int)

    def prepare(self) -> None:
        self.fields["activity"].choices = self.person.left  # type: ignore[attr-defined]


class NameForm(ReasonForm):
    name = forms.CharField(label=_("The name as it should be printed"), max_length=LONGEST_NAME)

    def prepare(self) -> None:
        self.fields["name"].initial = self.person.printed_name


Chosen = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Doing:
    """One thing to do. `may` says whether it makes sense now, `do` does it and `done` says that it is."""

    title: Any
    button: Any
    sentences: tuple[Any, ...]
    done: Any
    may: Callable[[PersonInCohort], bool]
    do: Callable[[PersonInCohort, Chosen, Any, datetime], object]
    form: type[ReasonForm] = ReasonForm
    ends_place: bool = False


def _seat(action: Callable[..., object]) -> Callable[[PersonInCohort, Chosen, Any, datetime], object]:
    """An action that takes an enrolment and a reason, and nothing more."""

    def do(person: PersonInCohort, chosen: Chosen, by: Any, at: datetime) -> object:
        return action(enrolment_id=person.enrolment.pk, by=by, at=at, reason=chosen["reason"])

    return do


def _move(person: PersonInCohort, chosen: Chosen, by: Any, at: datetime) -> object:
    return moving.move(
        enrolment_id=person.enrolment.pk,
        to_cohort_id=chosen["to_cohort"],
        kind=chosen["kind"],
        by=by,
        at=at,
        reason=chosen["reason"],
        past_prerequisites=chosen.get("past_prerequisites", False),
    )


def _another_try(person: PersonInCohort, chosen: Chosen, by: Any, at: datetime) -> object:
    return allow.another_try(
        enrolment_id=person.enrolment.pk,
        activity_id=chosen["activity"],
        by=by,
        at=at,
        reason=chosen["reason"],
    )


def _more_time(person: PersonInCohort, chosen: Chosen, by: Any, at: datetime) -> object:
    return allow.more_time(
        enrolment_id=person.enrolment.pk,
        activity_id=chosen["activity"],
        percent=chosen["percent"],
        by=by,
        at=at,
        reason=chosen["reason"],
    )


def _put_down_as_done(person: PersonInCohort, chosen: Chosen, by: Any, at: datetime) -> object:
    return study.record(
        enrolment=person.enrolment,
        activity_id=chosen["activity"],
        outcome=Outcome.DONE,
        by=by,
        at=at,
        reason=chosen["reason"],
    )


def _correct(person: PersonInCohort, chosen: Chosen, by: Any, at: datetime) -> object:
    return certify.correct(
        certificate_id=person.certificate_id or 0, name=chosen["name"], by=by, reason=chosen["reason"], at=at
    )


DOINGS: dict[str, Doing] = {
    "try": Doing(
        title=_("Give another try at a quiz"),
        button=_("Give another try"),
        sentences=(
            _("The person gets one more try at the quiz you choose. They are told."),
            _("Earlier tries and their marks stay."),
        ),
        done=_("There is another try now."),
        may=lambda person: person.is_live and bool(person.used_up),
        do=_another_try,
        form=TryForm,
    ),
    "time": Doing(
        title=_("Give more time at a quiz"),
        button=_("Change the time"),
        sentences=(
            _("Every try that begins from now on has this time. The quiz page tells the person so."),
            _("A try that is open keeps the end it began with."),
        ),
        done=_("The time is changed."),
        may=lambda person: person.is_live and bool(person.timed),
        do=_more_time,
        form=TimeForm,
    ),
    "done": Doing(
        title=_("Mark something as done"),
        button=_("Mark it as done"),
        sentences=(
            _("Use this for what was done in another way, or what the site did not notice."),
            _("If it is the last thing that was missing, the course is finished and a certificate follows."),
        ),
        done=_("It is marked as done."),
        may=lambda person: person.is_live and bool(person.left),
        do=_put_down_as_done,
        form=DoneForm,
    ),
    "pause": Doing(
        title=_("Pause the place"),
        button=_("Pause the place"),
        sentences=(
            _("The person keeps their place and what they have done, and can do nothing new for now."),
            _("No reminders are sent."),
        ),
        done=_("The place is paused."),
        may=lambda person: person.is_active,
        do=_seat(enrol.suspend),
    ),
    "resume": Doing(
        title=_("End the pause"),
        button=_("End the pause"),
        sentences=(_("The person can go on from where they were."),),
        done=_("The pause is over."),
        may=lambda person: person.is_paused,
        do=_seat(enrol.resume),
    ),
    "move": Doing(
        title=_("Move to another cohort"),
        button=_("Move this person"),
        sentences=(
            _("The place here ends, and a new one begins there. What was done goes along."),
            _("It happens whole or not at all: if there is no free place there, nothing changes here."),
            _("The person is told."),
        ),
        done=_("The person has moved. What they did went along."),
        may=lambda person: person.is_live and not person.is_finished,
        do=_move,
        form=MoveForm,
        ends_place=True,
    ),
    "withdraw": Doing(
        title=_("End the place: the person leaves"),
        button=_("End this place"),
        sentences=(
            _("For somebody who wants to leave. The place is free for the next person at once."),
            _("What was done stays on record. The person is told, and may join again."),
        ),
        done=_("The place is ended."),
        may=lambda person: person.is_live and not person.is_finished,
        do=_seat(enrol.withdraw),
        ends_place=True,
    ),
    "remove": Doing(
        title=_("Take this person off the course"),
        button=_("Take them off the course"),
        sentences=(
            _("For somebody who must not go on. They cannot join this course again by themselves."),
            _("What was done stays on record, and so does a certificate. The person is told."),
        ),
        done=_("The person is off the course."),
        may=lambda person: person.is_live,
        do=_seat(enrol.remove),
        ends_place=True,
    ),
    "back": Doing(
        title=_("Give the place back"),
        button=_("Give the place back"),
        sentences=(
            _("For a place that ended by mistake. A new place begins here, with everything that was done."),
            _("There must be a free place."),
        ),
        done=_("The person has a place again, with what they had done."),
        may=lambda person: not person.is_live and not person.is_finished and not person.is_erased,
        do=_seat(moving.put_right),
    ),
    "certificate": Doing(
        title=_("Correct the name on the certificate"),
        button=_("Issue a corrected certificate"),
        sentences=(
            _("A new certificate takes the place of the old one. Who checks the old one is told so."),
            _("Check first that it is the same person. The person is told."),
        ),
        done=_("The corrected certificate is there."),
        may=lambda person: person.certificate_id is not None and person.may_correct and not person.is_erased,
        do=_correct,
        form=NameForm,
    ),
}


def doings_for(person: PersonInCohort) -> list[tuple[str, Doing]]:
    """What makes sense now."""
    return [(name, doing) for name, doing in DOINGS.items() if doing.may(person)]
