"""What a receipt, an invoice or a credit note says, and how tax is shared out among credit notes.

Plain Python. Amounts are integers in minor units (pence, cents); rates are in basis points (2000 is 20 %).
What a VAT invoice and a credit note must say: VAT Regulations 1995 (SI 1995/2518), regulations 14, 15C, 16
and 16A; VAT Notice 700, sections 16 to 18.
"""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, asdict, dataclass, fields, is_dataclass, replace
from datetime import date
from enum import StrEnum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from courses.payments.pricing import divided

# Up to this much, tax included, a VAT invoice need not say who the buyer is.
LESS_DETAILED = 25_000
STERLING = "gbp"


class Kind(StrEnum):
    """The kinds of papers, each with its own numbers."""

    RECEIPT = "receipt"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


LETTERS = {Kind.RECEIPT: "R", Kind.INVOICE: "INV", Kind.CREDIT_NOTE: "CN"}


def numbered(kind: Kind, year: int, number: int) -> str:
    """A number as it is printed: R-2026-00001."""
    return f"{LETTERS[kind]}-{year}-{number:05d}"


# --- What is printed -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seller:
    """Who sells. Any of it may be empty while nobody has filled it in."""

    name: str
    address: tuple[str, ...]
    charity_number: str
    company_number: str
    vat_number: str


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who is billed, as they wrote it. All of it is empty once the law lets it go."""

    name: str
    organisation: str
    address: tuple[str, ...]
    country: str
    purchase_order: str


NOBODY = Buyer(name="", organisation="", address=(), country="", purchase_order="")


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `unit` is the price of one with tax, before the discount."""

    description: str
    quantity: int
    unit: int
    discount: int
    tax_rate: int
    tax_wording: str
    net: int
    tax: int
    total: int


@dataclass(frozen=True, slots=True)
class RateSum:
    """What all lines with one rate and one wording come to."""

    tax_rate: int
    tax_wording: str
    net: int
    tax: int
    total: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a paper prints, frozen when it is made. A credit note's amounts are taken off."""

    kind: str
    number: str
    issued_on: date
    order: str
    currency: str
    seller: Seller
    buyer: Buyer
    lines: tuple[Line, ...]
    sums: tuple[RateSum, ...]
    net: int
    tax: int
    total: int
    paid: int
    """What had arrived, or goes back. Not the total when somebody paid another amount."""
    paid_on: date | None
    method: str
    concerns: str
    """The receipt or invoice that a credit note takes from, or the invoice that a receipt is about."""
    concerns_on: date | None
    reason: str
    """Why there is a credit note."""
    notice: str
    """Such as "No real money was paid."; may be empty."""
    due_on: date | None = None
    """The last day to pay an invoice."""
    how_to_pay: tuple[str, ...] = ()
    """The account that an invoice is paid into, line by line."""


class FactsUnreadableError(ValueError):
    """Stored facts do not have the shape that `to_json` writes."""


def sums_by_rate(lines: Iterable[Line]) -> tuple[RateSum, ...]:
    """One sum for each rate and wording, highest rate first."""
    found: dict[tuple[int, str], RateSum] = {}
    for line in lines:
        key = (line.tax_rate, line.tax_wording)
        so_far = found.get(key, RateSum(*key, 0, 0, 0))
        found[key] = replace(
            so_far, net=so_far.net + line.net, tax=so_far.tax + line.tax, total=so_far.total + line.total
        )
    return tuple(found[key] for key in sorted(found, key=lambda key: (-key[0], key[1])))


def is_vat_invoice(facts: Facts) -> bool:
    """Whether a paper has all that makes it a VAT invoice, so that a business can claim the tax back.

    The receipt for an invoice is none: there would be two.

    Beyond 250 pounds the buyer's address must be on it; in another currency, the tax in pounds, which this
    paper does not have.
    """
    names_buyer = bool(facts.buyer.address) or facts.total <= LESS_DETAILED
    return (
        facts.kind != Kind.CREDIT_NOTE
        and not facts.concerns
        and facts.tax > 0
        and facts.currency == STERLING
        and names_buyer
        and all((facts.seller.name, facts.seller.address, facts.seller.vat_number))
    )


# --- Credit notes --------------------------------------------------------------------------------------


def share_of(left: Iterable[RateSum], amount: int) -> tuple[RateSum, ...]:
    """How much of an amount that is taken off falls to each rate, with its tax: in proportion to `left`.

    `left` is what the order came to by rate, less what standing credit notes took off. Each share is taken of
    what is left, so the shares of all credit notes add up to the order, to the penny, when all is taken off.
    Raises ValueError when less is left than the amount.
    """
    rates = list(left)
    whole = sum(rate.total for rate in rates)
    if not 0 < amount <= whole:
        raise ValueError(f"{amount} cannot be taken off {whole}")
    shares, passed, given = [], 0, 0
    for rate in rates:
        passed += rate.total
        part = divided(amount * passed, whole) - given
        given += part
        tax = divided(rate.tax * part, rate.total) if rate.total else 0
        shares.append(replace(rate, net=part - tax, tax=tax, total=part))
    return tuple(share for share in shares if share.total)


def what_is_left(sums: Iterable[RateSum], taken: Iterable[RateSum]) -> tuple[RateSum, ...]:
    """The sums of an order less what was taken off already, by rate."""
    left = {(one.tax_rate, one.tax_wording): one for one in sums}
    for off in taken:
        key = (off.tax_rate, off.tax_wording)
        one = left[key]
        left[key] = replace(one, net=one.net - off.net, tax=one.tax - off.tax, total=one.total - off.total)
    return tuple(left.values())


def creditable(*, total: int, received: int, gone: int, credited: int) -> int:
    """What credit notes may still take off an order, now that `gone` of `received` went back.

    What somebody paid too much is nothing that was sold, so giving it back takes off nothing.
    """
    too_much = max(0, received - total)
    return max(0, min(total, gone - too_much) - credited)


# --- Kept as JSON --------------------------------------------------------------------------------------


def to_json(facts: Facts) -> dict[str, Any]:
    """Plain JSON values: dates as YYYY-MM-DD, lists for tuples."""
    plain: dict[str, Any] = _plain(asdict(facts))
    return plain


def from_json(stored: Mapping[str, Any]) -> Facts:
    """Read what `to_json` wrote.

    Raises FactsUnreadableError when a key is missing or unknown, or a value has the wrong type.
    """
    try:
        read: Facts = _read(stored, Facts)
    except (TypeError, ValueError, KeyError) as error:
        raise FactsUnreadableError("These facts cannot be read.") from error
    return read


def without_buyer(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The stored facts once the law lets the name go."""
    return to_json(replace(from_json(stored), buyer=NOBODY))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value


def _read(value: Any, wanted: Any) -> Any:
    if is_dataclass(wanted):
        return _read_object(value, wanted)
    if get_origin(wanted) is tuple:
        if not isinstance(value, list):
            raise TypeError
        return tuple(_read(inner, get_args(wanted)[0]) for inner in value)
    if isinstance(wanted, UnionType):
        return None if value is None else _read(value, get_args(wanted)[0])
    if wanted is date:
        return date.fromisoformat(value)
    if type(value) is not wanted:  # in Python, True is an int
        raise TypeError
    return value


def _read_object(value: Any, wanted: Any) -> Any:
    types = get_type_hints(wanted)
    # What was added later has a value for papers that were printed before.
    needed = {field.name for field in fields(wanted) if field.default is MISSING}
    if not isinstance(value, Mapping) or not needed <= set(value) <= set(types):
        raise TypeError
    return wanted(**{name: _read(value[name], of) for name, of in types.items() if name in value})
