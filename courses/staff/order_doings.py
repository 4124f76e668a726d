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
from wagtail.admin.widgets import AdminDateInput

from cms.core import typed
from cms.core.money import SIGNS, MoneyFormField
from courses.actions import invoicing, refunding, settling
from courses.payments.orders import Refund
from courses.payments.states import MONEY, OPEN
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


class TransferForm(PlainForm):
    """What the bank statement says about money that came or went."""

    reference = forms.CharField(
        label=_("What the bank statement says"),
        max_length=invoicing.LONGEST_REFERENCE,
        help_text=_("So that it can be found again: the number or the words of the transfer."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Please write what the bank statement says about it.")},
    )


class PaidForm(TransferForm):
    paid_on = forms.DateField(
        label=_("The day the money came"),
        widget=AdminDateInput,
        error_messages={
            "required": _("Please choose the day the money came."),
            "invalid": _("Please write a day like 2026-11-23."),
        },
    )
    field_order = ("paid_on", "reference")


@dataclass(frozen=True, slots=True)
class Doing:
    """One thing to do. `may` says whether it makes sense now, `do` does it and `done` says that it is.

    `by_bank` is said instead of `sentences` where the order is paid by bank transfer.
    """

    title: Any
    button: Any
    sentences: tuple[Any, ...]
    done: Any
    may: Callable[[OrderStory], bool]
    do: Callable[[OrderStory, Chosen, Any, datetime], object]
    form: type[PlainForm] = ReasonForm
    is_grave: bool = False
    by_bank: tuple[Any, ...] = ()

    def said_of(self, story: OrderStory) -> tuple[Any, ...]:
        """What to know before doing it."""
        return self.by_bank if self.by_bank and story.order.is_by_invoice else self.sentences


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


def _paid(story: OrderStory, chosen: Chosen, by: Any, at: datetime) -> object:
    return invoicing.mark_paid(
        order_id=story.order.pk, paid_on=chosen["paid_on"], reference=chosen["reference"], by=by, at=at
    )


def _cancel(story: OrderStory, chosen: Chosen, by: Any, at: datetime) -> object:
    return invoicing.cancel(order_id=story.order.pk, by=by, at=at, reason=chosen["reason"])


def _sent(story: OrderStory, chosen: Chosen, by: Any, at: datetime) -> object:
    return invoicing.money_sent(order_id=story.order.pk, reference=chosen["reference"], by=by, at=at)


BY_HAND = (
    _("It is on record that this money goes back. Send it by bank transfer, then write that down here."),
    _("The buyer gets an e-mail and a credit note when you have written it down."),
)
THE_WAY_IT_CAME = _("The money goes back the way it came. The bank needs up to ten days.")
WHEN_AWAY = _("If the payment service cannot be reached now, we go on trying by ourselves. Nothing is lost.")
IS_TOLD = _("The buyer gets an e-mail when the money is on its way.")
DOINGS: dict[str, Doing] = {
    "paid": Doing(
        title=_("Write down that the money came"),
        button=_("The money came"),
        sentences=(
            _("All of it, as on the invoice. If another amount came, talk to the buyer first."),
            _("The buyer gets the place, a receipt and an e-mail."),
            _("When the invoice was given up and the place is gone, the buyer chooses what to do."),
        ),
        done=_("It is on record, and the buyer is told."),
        may=lambda story: story.order.is_by_invoice and story.order.state not in MONEY,
        do=_paid,
        form=PaidForm,
    ),
    "cancel": Doing(
        title=_("Take the invoice back"),
        button=_("Take it back"),
        sentences=(
            _("The place is free at once. The buyer gets a credit note and an e-mail; nothing is to pay."),
        ),
        done=_("The invoice is taken back, and the buyer is told."),
        may=lambda story: story.order.is_by_invoice and story.order.state in OPEN,
        do=_cancel,
        is_grave=True,
    ),
    "sent": Doing(
        title=_("Write down that the money was sent back"),
        button=_("It was sent"),
        sentences=(_("First send it by bank transfer. Then the buyer gets a credit note and an e-mail."),),
        done=_("It is on record, and the buyer is told."),
        may=lambda story: story.is_to_send,
        do=_sent,
        form=TransferForm,
    ),
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
        by_bank=BY_HAND,
        done=_("The money goes back, and the buyer is told."),
        may=lambda story: story.is_unsettled and story.can_refund,
        do=_refund_all,
        is_grave=True,
    ),
    "refund": Doing(
        title=_("Give money back"),
        button=_("Give it back"),
        sentences=(THE_WAY_IT_CAME, IS_TOLD, WHEN_AWAY),
        by_bank=BY_HAND,
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
