"""What the payments team can do with one order: each with its own short form, a reason, and a confirmation.

The form asks, the action judges. What is typed survives a refusal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _gettext
from django.utils.translation import gettext_lazy as _

from cms.core import typed
from cms.core.money import SIGNS, MoneyFormField
from courses.actions import refunding, settling
from courses.payments.orders import Refund
from courses.queries.order_story import OrderStory

LONGEST_REASON = 300
Chosen = dict[str, Any]


class PlainForm(forms.Form):
    """Nothing to fill in: one press. `story` is the order."""

    def __init__(self, *args: Any, story: OrderStory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.story = story
        self.prepare()

    def prepare(self) -> None:
        """Fill in what depends on the order."""


class ReasonForm(PlainForm):
    reason = forms.CharField(
        label=_("Why"),
        max_length=LONGEST_REASON,
        help_text=_("Kept with the order. The buyer can see it in the download of their data."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Please say why, in a few words.")},
    )


class RefundForm(ReasonForm):
    """How much goes back, and what happens to the place. `token` makes pressing twice the same as once."""

    amount = MoneyFormField(
        error_messages={
            "required": _("Please write how much, like 45 or 45.50."),
            "invalid": _("Please write an amount, like 45 or 45.50."),
        }
    )
    seat = forms.ChoiceField(
        label=_("What happens to the place"),
        choices=[
            (Refund.Seat.END.value, _("The place ends once the money is on its way")),
            (Refund.Seat.KEEP.value, _("The place stays")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what happens to the place.")},
    )
    token = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ("amount", "seat", "reason", "token")

    def prepare(self) -> None:
        story, advice = self.story, self.story.advice
        amount, seat, token = self.fields["amount"], self.fields["seat"], self.fields["token"]
        amount.label = _gettext("How much, in %(sign)s") % {"sign": SIGNS[story.order.currency]}
        amount.help_text = _gettext("Up to %(kept)s.") % {"kept": story.kept}
        amount.initial = advice.amount or None
        seat.initial = Refund.Seat.END.value if advice.ends_place else None
        token.initial = str(uuid4())
        if not story.has_live_place:
            del self.fields["seat"]

    def clean_token(self) -> str:
        return typed.token(self.cleaned_data.get("token")).hex


class PlaceForm(ReasonForm):
    over_capacity = forms.BooleanField(
        required=False,
        label=_("Also when all places are taken"),
        help_text=_("Your name and the reason stay on record with the place."),
    )
    field_order = ("over_capacity", "reason")


@dataclass(frozen=True, slots=True)
class Doing:
    """One thing to do. `may` says whether it makes sense now, `do` does it and `done` says that it is."""

    title: Any
    button: Any
    sentences: tuple[Any, ...]
    done: Any
    may: Callable[[OrderStory], bool]
    do: Callable[[OrderStory, Chosen, Any, datetime], object]
    form: type[PlainForm] = ReasonForm
    is_grave: bool = False


def _refund(story: OrderStory, chosen: Chosen, by: Any, at: datetime) -> object:
    return refunding.ask(
        order_id=story.order.pk,
        amount=chosen["amount"],
        seat=Refund.Seat(chosen.get("seat", Refund.Seat.KEEP.value)),
        key=f"refund-{story.order.pk}-{chosen['token']}",
        by=by,
        at=at,
        reason=chosen["reason"],
    )


def _refund_all(story: OrderStory, chosen: Chosen, by: Any, at: datetime) -> object:
    return settling.refund_all(order_id=story.order.pk, by=by, at=at, reason=chosen["reason"])


def _place(story: OrderStory, chosen: Chosen, by: Any, at: datetime) -> object:
    return settling.give_place(
        order_id=story.order.pk,
        by=by,
        at=at,
        reason=chosen["reason"],
        over_capacity=chosen["over_capacity"],
    )


def _wait(story: OrderStory, chosen: Chosen, by: Any, at: datetime) -> object:
    return settling.wait(order_id=story.order.pk, by=by, at=at)


def _see_to(story: OrderStory, chosen: Chosen, by: Any, at: datetime) -> object:
    return settling.see_to(order_id=story.order.pk, by=by, at=at, reason=chosen["reason"])


THE_WAY_IT_CAME = _("The money goes back the way it came. The bank needs up to ten days.")
WHEN_AWAY = _("If the payment service cannot be reached now, we go on trying by ourselves. Nothing is lost.")
IS_TOLD = _("The buyer gets an e-mail when the money is on its way.")
DOINGS: dict[str, Doing] = {
    "place": Doing(
        title=_("Give a place"),
        button=_("Give the place"),
        sentences=(
            _("The buyer gets the place that they paid for, and an e-mail."),
            _("When all places are taken, the group has one learner more than planned. Ask its team."),
        ),
        done=_("The buyer has the place, and is told."),
        may=lambda story: story.is_unsettled,
        do=_place,
        form=PlaceForm,
    ),
    "wait": Doing(
        title=_("Put on the waiting list"),
        button=_("Put them on the list"),
        sentences=(
            _("The money stays here. The buyer is offered the next place that comes free, and pays no more."),
            _("If a place is free now, they get it at once."),
            _("Ask the buyer first. They can still have all the money back while they wait."),
        ),
        done=_("Done. The page of the order says how it stands."),
        may=lambda story: story.can_wait,
        do=_wait,
        form=PlainForm,
    ),
    "refund-all": Doing(
        title=_("Give all the money back"),
        button=_("Give it all back"),
        sentences=(THE_WAY_IT_CAME, IS_TOLD, WHEN_AWAY),
        done=_("The money goes back, and the buyer is told."),
        may=lambda story: story.is_unsettled and story.can_refund,
        do=_refund_all,
        is_grave=True,
    ),
    "refund": Doing(
        title=_("Give money back"),
        button=_("Give it back"),
        sentences=(THE_WAY_IT_CAME, IS_TOLD, WHEN_AWAY),
        done=_("The money goes back, and the buyer is told."),
        may=lambda story: not story.is_unsettled and story.can_refund,
        do=_refund,
        form=RefundForm,
        is_grave=True,
    ),
    "seen": Doing(
        title=_("Write down what you did"),
        button=_("Keep this"),
        sentences=(
            _("For a refund that did not arrive, when you paid it back in another way."),
            _("The order is no longer on the list of those that need a person."),
        ),
        done=_("It is on record."),
        may=lambda story: story.has_failed_refund,
        do=_see_to,
    ),
}


def doings_for(story: OrderStory) -> list[tuple[str, Doing]]:
    """What makes sense for this order now."""
    return [(name, doing) for name, doing in DOINGS.items() if doing.may(story)]
