"""Orders, what is on them, who is billed, and money that goes back. Amounts are in pence or cents."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cms.core.money import Currency, shown
from courses.cohorts.models import Cohort
from courses.cohorts.prices import Price
from courses.enrolment.models import Enrolment, Grant, Place
from courses.moves.models import Moving
from courses.payments.states import (
    GIVEN_UP,
    MONEY,
    OPEN,
    ORDER_MOVES,
    REFUND_MOVES,
    UNDER_WAY,
    OrderState,
    RefundState,
)
from courses.payments.vouchers import Voucher

# Money that was sent on the last day to pay an invoice has arrived by then.
BANKS_NEED = timedelta(days=3)


class Order(Moving):
    """What was sold to whom: one place in a cohort. Frozen when it is made; only its state moves on.

    Until it is paid or given up it holds a `place`. `received` is what the payment service says has arrived,
    `returned` what went back or is on its way back; `attention` says why a person must see to it.
    """

    MOVES = ORDER_MOVES

    class Method(models.TextChoices):
        CARD = "card"
        INVOICE = "invoice"
        NOTHING = "nothing"

    class Attention(models.TextChoices):
        """Why a person must see to a paid order."""

        PLACE_LOST = "place_lost"
        NOT_ALLOWED = "not_allowed"
        OTHER_AMOUNT = "other_amount"
        PAID_TWICE = "paid_twice"

    class Wish(models.TextChoices):
        """What the buyer chose when the place was gone."""

        REFUND = "refund"
        WAIT = "wait"

    reference = models.CharField(max_length=12, unique=True)
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="orders")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="orders")
    voucher = models.ForeignKey(
        Voucher, null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    method = models.CharField(max_length=10, choices=Method.choices)
    status = models.CharField(max_length=20, default=OrderState.DRAFT.value)
    currency = models.CharField(max_length=3, choices=Currency.choices)
    net = models.PositiveIntegerField()
    tax = models.PositiveIntegerField()
    total = models.PositiveIntegerField()
    terms_version = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField()
    pay_by = models.DateTimeField(help_text="Until then the page for paying takes money.")
    paid_at = models.DateTimeField(null=True, blank=True)
    place = models.OneToOneField(
        Place, null=True, blank=True, on_delete=models.SET_NULL, related_name="order"
    )
    enrolment = models.ForeignKey(
        Enrolment, null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    checkout = models.CharField(max_length=255, blank=True)
    payment = models.CharField(max_length=255, blank=True)
    is_slow = models.BooleanField(
        default=False, help_text="The bank needs days, and the place is kept so long."
    )
    received = models.PositiveIntegerField(default=0)
    returned = models.PositiveIntegerField(default=0)
    lost = models.PositiveIntegerField(default=0, help_text="Of what was returned: taken back by the bank.")
    attention = models.CharField(max_length=20, blank=True, choices=Attention.choices)
    wish = models.CharField(max_length=10, blank=True, choices=Wish.choices)
    asked_at = models.DateTimeField(
        null=True, blank=True, help_text="When the payment service was last asked about it."
    )

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[state.value for state in OrderState]), name="order_status_known"
            ),
            models.CheckConstraint(
                condition=Q(method__in=["card", "invoice", "nothing"]), name="order_method_known"
            ),
            models.CheckConstraint(
                condition=Q(currency__in=["gbp", "eur", "usd"]), name="order_currency_known"
            ),
            models.CheckConstraint(condition=Q(total=F("net") + F("tax")), name="order_total_adds_up"),
            models.CheckConstraint(
                condition=Q(returned__lte=F("received")), name="order_returns_what_it_got"
            ),
            models.CheckConstraint(
                condition=Q(method="nothing", total=0) | (~Q(method="nothing") & Q(total__gt=0)),
                name="order_for_nothing_costs_nothing",
            ),
            models.CheckConstraint(
                condition=(~Q(status__in=sorted(state.value for state in MONEY)) | Q(paid_at__isnull=False))
                & (~Q(status__in=sorted(state.value for state in OPEN | GIVEN_UP)) | Q(paid_at__isnull=True)),
                name="order_paid_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(status="needs_attention") & ~Q(attention="")
                | ~Q(status="needs_attention") & Q(attention=""),
                name="order_attention_says_why",
            ),
            models.UniqueConstraint(
                fields=["buyer", "cohort"],
                condition=Q(status__in=sorted(state.value for state in OPEN)),
                name="order_one_open_per_buyer",
            ),
            models.UniqueConstraint(
                fields=["checkout"], condition=~Q(checkout=""), name="order_one_per_checkout"
            ),
            models.UniqueConstraint(
                fields=["payment"], condition=~Q(payment=""), name="order_one_per_payment"
            ),
        ]
        indexes = [
            models.Index(
                fields=["pay_by"],
                condition=Q(status__in=sorted(state.value for state in OPEN)),
                name="order_waits_for_money",
            ),
            models.Index(fields=["status", "-made_at"], name="order_by_status"),
            models.Index(fields=["-made_at", "-id"], name="order_newest_first"),
            models.Index(fields=["paid_at"], condition=Q(paid_at__isnull=False), name="order_by_payment_day"),
            models.Index(fields=["id"], condition=Q(lost__gt=0), name="order_lost_to_a_bank"),
        ]

    def __str__(self) -> str:
        return f"order {self.reference}"

    @property
    def state(self) -> OrderState:
        return OrderState(self.status)

    @property
    def is_by_invoice(self) -> bool:
        """Whether it is paid by bank transfer, and not through the payment service."""
        return self.method == self.Method.INVOICE

    @property
    def due_on(self) -> date:
        """The last day to pay an invoice. The place is kept a little longer, for the money to arrive."""
        last = timezone.localtime(self.pay_by - timedelta(seconds=1)).date()
        return last - BANKS_NEED

    @property
    def kept(self) -> int:
        """What we have got and not given back."""
        return self.received - self.returned

    def words(self, amount: int) -> str:
        """An amount of this order as people write it."""
        return shown(amount, self.currency)


class OrderLine(models.Model):
    """One line of an order, as it was sold. `grant` is what it gave."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    price = models.ForeignKey(Price, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    price_kind = models.CharField(max_length=20, choices=Price.Kind.choices)
    description = models.CharField(max_length=400)
    condition = models.CharField(max_length=300, blank=True)
    quantity = models.PositiveSmallIntegerField(default=1)
    unit = models.PositiveIntegerField(help_text="For one, before the discount, with tax.")
    discount = models.PositiveIntegerField(default=0)
    tax_treatment = models.CharField(max_length=20, choices=Price.Tax.choices)
    tax_rate = models.PositiveSmallIntegerField(help_text="In basis points: 2000 is 20 %.")
    tax_wording = models.CharField(max_length=120)
    net = models.PositiveIntegerField()
    tax = models.PositiveIntegerField()
    total = models.PositiveIntegerField()
    grant = models.OneToOneField(
        Grant, null=True, blank=True, on_delete=models.PROTECT, related_name="order_line"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="order_line_from_one"),
            models.CheckConstraint(condition=Q(total=F("net") + F("tax")), name="order_line_adds_up"),
            models.CheckConstraint(
                condition=Q(total=F("unit") * F("quantity") - F("discount")),
                name="order_line_is_unit_times_quantity",
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.pk} of order {self.order_id}"


class OrderBilling(models.Model):
    """Who is billed, as they wrote it. Apart from the order, because it goes when the law lets it go."""

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="billing")
    name = models.CharField(max_length=200)
    organisation = models.CharField(max_length=200, blank=True)
    address = models.TextField(max_length=500, blank=True)
    country = models.CharField(max_length=2, default="GB")
    purchase_order = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return f"billing of order {self.order_id}"


class Refund(Moving):
    """Money on its way back, asked for here or at the payment service. One row, one movement of money."""

    MOVES = REFUND_MOVES

    class Seat(models.TextChoices):
        """What happens to the place."""

        KEEP = "keep"
        END = "end"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    amount = models.PositiveIntegerField()
    status = models.CharField(max_length=20, default=RefundState.REQUESTED.value)
    seat = models.CharField(max_length=10, choices=Seat.choices, default=Seat.KEEP)
    key = models.CharField(max_length=60, unique=True)
    gateway_id = models.CharField(max_length=255, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=Q(status__in=sorted(state.value for state in UNDER_WAY)),
                name="refund_under_way",
            ),
            models.Index(fields=["asked_at"], name="refund_by_day"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["requested", "pending", "succeeded", "failed"]),
                name="refund_status_known",
            ),
            models.CheckConstraint(condition=Q(seat__in=["keep", "end"]), name="refund_seat_known"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="refund_from_one"),
            models.UniqueConstraint(
                fields=["gateway_id"], condition=~Q(gateway_id=""), name="refund_one_per_gateway_id"
            ),
        ]

    def __str__(self) -> str:
        return f"refund {self.pk} of order {self.order_id}"
