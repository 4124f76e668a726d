"""Which way an order, a refund and an event from the payment service may move. Plain Python."""

from datetime import timedelta
from enum import StrEnum

# After the page for paying has closed, the news that somebody paid may still be on its way.
GRACE = timedelta(minutes=10)


class OrderState(StrEnum):
    """What became of an order. `attention`: it was paid, and a person must see to it."""

    DRAFT = "draft"
    AWAITING = "awaiting_payment"
    PAID = "paid"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    FAILED = "failed"
    DISPUTED = "disputed"
    ATTENTION = "needs_attention"


_SETTLED = frozenset(
    {OrderState.PARTLY_REFUNDED, OrderState.REFUNDED, OrderState.DISPUTED, OrderState.ATTENTION}
)
# Money can still arrive for an order that was given up: by a slow bank, or in another window.
_MONEY_CAME = frozenset({OrderState.PAID, OrderState.ATTENTION})
ORDER_MOVES: dict[OrderState, frozenset[OrderState]] = {
    OrderState.DRAFT: frozenset(
        {OrderState.AWAITING, OrderState.CANCELLED, OrderState.EXPIRED, *_MONEY_CAME}
    ),
    OrderState.AWAITING: frozenset(
        {OrderState.CANCELLED, OrderState.EXPIRED, OrderState.FAILED, *_MONEY_CAME}
    ),
    OrderState.PAID: _SETTLED,
    OrderState.PARTLY_REFUNDED: frozenset(
        {OrderState.PAID, OrderState.REFUNDED, OrderState.DISPUTED, OrderState.ATTENTION}
    ),
    # Back again when the bank sends a refund back to us.
    OrderState.REFUNDED: frozenset({OrderState.PAID, OrderState.PARTLY_REFUNDED, OrderState.DISPUTED}),
    OrderState.CANCELLED: _MONEY_CAME,
    OrderState.EXPIRED: _MONEY_CAME,
    OrderState.FAILED: _MONEY_CAME,
    OrderState.DISPUTED: frozenset({OrderState.PAID, OrderState.PARTLY_REFUNDED, OrderState.REFUNDED}),
    OrderState.ATTENTION: frozenset({OrderState.PAID, OrderState.PARTLY_REFUNDED, OrderState.REFUNDED}),
}

# Nothing was paid yet, and still can be.
OPEN = frozenset({OrderState.DRAFT, OrderState.AWAITING})
# Nothing was paid, and the place is kept no longer.
GIVEN_UP = frozenset({OrderState.CANCELLED, OrderState.EXPIRED, OrderState.FAILED})
# Money came; some or all of it may have gone back.
MONEY = frozenset(OrderState) - OPEN - GIVEN_UP


class RefundState(StrEnum):
    """Money on its way back. `requested`: we have not heard from the payment service yet."""

    REQUESTED = "requested"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


REFUND_MOVES: dict[RefundState, frozenset[RefundState]] = {
    RefundState.REQUESTED: frozenset({RefundState.PENDING, RefundState.SUCCEEDED, RefundState.FAILED}),
    RefundState.PENDING: frozenset({RefundState.SUCCEEDED, RefundState.FAILED}),
    # A bank may still send it back.
    RefundState.SUCCEEDED: frozenset({RefundState.FAILED}),
    RefundState.FAILED: frozenset(),
}

# We do not know yet what becomes of it.
UNDER_WAY = frozenset({RefundState.REQUESTED, RefundState.PENDING})
# What counts as given back.
GOING_BACK = frozenset({RefundState.REQUESTED, RefundState.PENDING, RefundState.SUCCEEDED})


class EventState(StrEnum):
    """News from the payment service: stored first, applied after."""

    RECEIVED = "received"
    HANDLED = "handled"
    IGNORED = "ignored"


EVENT_MOVES: dict[EventState, frozenset[EventState]] = {
    EventState.RECEIVED: frozenset({EventState.HANDLED, EventState.IGNORED}),
    EventState.HANDLED: frozenset(),
    EventState.IGNORED: frozenset(),
}


def after_money(*, paid: int, returned: int, is_disputed: bool) -> OrderState:
    """The state of an order that was paid, from its amounts in minor units. Order of events plays no part."""
    if is_disputed:
        return OrderState.DISPUTED
    if returned <= 0:
        return OrderState.PAID
    return OrderState.REFUNDED if returned >= paid else OrderState.PARTLY_REFUNDED
