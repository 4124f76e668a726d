"""Vouchers: who may use which, how codes are read, and what discounts leave."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.cohorts import prices
from courses.payments import pricing, voucher_rules
from courses.payments.pricing import LEAST, Discount, DiscountKind
from courses.payments.voucher_rules import Answer, Asked, Terms, Used, is_possible, key, may_use
from courses.payments.vouchers import Voucher

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
LATER, BEFORE = NOW + timedelta(days=1), NOW - timedelta(days=1)
HALF = Terms(Discount(DiscountKind.PERCENT, 5000))
NEVER = Used()
ADA = Asked(person=1, domains=frozenset({"example.org"}), course=10, cohort=100, at=NOW)


def answer(terms: Terms, used: Used = NEVER, *, unit: int = 6000, currency: str = "gbp") -> Answer:
    return may_use(terms, ADA, used, unit=unit, currency=currency)


@pytest.mark.parametrize(
    ("limit", "used", "expected"),
    [
        ({}, Used(), Answer.YES),
        ({"is_off": True}, Used(), Answer.SWITCHED_OFF),
        ({"person": 1}, Used(), Answer.YES),
        ({"person": 2}, Used(), Answer.OTHER_PERSON),
        ({"starts_at": NOW}, Used(), Answer.YES),
        ({"starts_at": LATER}, Used(), Answer.NOT_YET),
        ({"ends_at": LATER}, Used(), Answer.YES),
        ({"ends_at": NOW}, Used(), Answer.OVER),
        ({"courses": frozenset({10})}, Used(), Answer.YES),
        ({"courses": frozenset({11})}, Used(), Answer.OTHER_PLACE),
        ({"cohorts": frozenset({100})}, Used(), Answer.YES),
        ({"cohorts": frozenset({101})}, Used(), Answer.OTHER_PLACE),
        ({"courses": frozenset({11}), "cohorts": frozenset({100})}, Used(), Answer.YES),
        ({"courses": frozenset({10}), "cohorts": frozenset({101})}, Used(), Answer.YES),
        ({"email_domain": "example.org"}, Used(), Answer.YES),
        ({"email_domain": "example.com"}, Used(), Answer.OTHER_ADDRESS),
        ({"uses": 2}, Used(spent=1), Answer.YES),
        ({"uses": 2}, Used(spent=2), Answer.USED_UP),
        ({"uses": 2}, Used(spent=3), Answer.USED_UP),
        ({"uses": 2}, Used(spent=1, held=1), Answer.HELD),
        ({"uses_each": 1}, Used(spent=9, held=9), Answer.YES),
        ({"uses_each": 1}, Used(spent=1, own_spent=1), Answer.USED_BY_YOU),
        ({"uses_each": 1}, Used(held=1, own_held=1), Answer.USED_BY_YOU),
        ({"currency": "gbp"}, Used(), Answer.YES),
        ({"currency": "eur"}, Used(), Answer.OTHER_CURRENCY),
        ({"discount": Discount(DiscountKind.FIXED_PRICE, 6000)}, Used(), Answer.TAKES_NOTHING_OFF),
    ],
)
def test_who_may_use_a_voucher(limit: dict[str, object], used: Used, expected: Answer) -> None:
    assert answer(replace(HALF, **limit), used) is expected  # type: ignore[arg-type]


def test_a_price_of_nothing_needs_no_voucher() -> None:
    assert answer(HALF, unit=0) is Answer.TAKES_NOTHING_OFF


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("DEMO-HALF", "DEM0HA1F"),
        (" demo half ", "DEM0HA1F"),
        ("d.e\u2013m_o\u00a0H-A-L-F", "DEM0HA1F"),
        ("DEM0HA1F", "DEM0HA1F"),
        ("ABCDE", None),
        ("A" * 24, "A" * 24),
        ("A" * 25, None),
        ("ABCDE\u00dc", None),
        ("ABCDEF\x00", None),
        ("", None),
    ],
)
def test_a_code_is_read_kindly(typed: str, expected: str | None) -> None:
    assert key(typed) == expected


@given(st.text(max_size=80))
def test_reading_a_code_twice_is_reading_it_once(typed: str) -> None:
    read = key(typed)
    assert read is None or key(read) == key(read.lower()) == key(f" {read} ") == read


def test_made_codes_can_be_typed() -> None:
    codes = {voucher_rules.new_code() for _number in range(50)}
    assert len(codes) == 50
    assert all(key(code) for code in codes)


discounts = st.builds(
    Discount, kind=st.sampled_from(DiscountKind), value=st.integers(min_value=0, max_value=1_000_000)
)
units = st.one_of(st.just(0), st.integers(min_value=LEAST, max_value=1_000_000))


@given(unit=units, discount=discounts)
def test_what_is_left_can_be_paid_or_is_nothing(unit: int, discount: Discount) -> None:
    left = unit - pricing.off(unit, discount=discount)
    assert left == 0 or LEAST <= left <= unit


@given(unit=units, discount=discounts, rate=st.integers(min_value=0, max_value=10_000))
def test_a_line_with_a_voucher_adds_up(unit: int, discount: Discount, rate: int) -> None:
    line = pricing.line(unit=unit, quantity=1, tax_rate=rate, discount=discount)
    assert line.gross == line.net + line.tax == line.unit - line.discount >= 0
    assert line.tax >= 0


@given(
    unit=units,
    discount=discounts,
    used=st.builds(
        Used,
        spent=st.integers(0, 5),
        held=st.integers(0, 5),
        own_spent=st.integers(0, 5),
        own_held=st.integers(0, 5),
    ),
    most=st.none() | st.integers(1, 6),
    each=st.none() | st.integers(1, 6),
)
def test_a_voucher_that_may_be_used_has_a_use_left_and_takes_something_off(
    unit: int, discount: Discount, used: Used, most: int | None, each: int | None
) -> None:
    terms = Terms(discount, uses=most, uses_each=each)
    if may_use(terms, ADA, used, unit=unit, currency="gbp") is Answer.YES:
        assert most is None or used.spent + used.held + 1 <= most
        assert each is None or used.own_spent + used.own_held + 1 <= each
        assert pricing.off(unit, discount=discount) > 0


@pytest.mark.parametrize(
    ("unit", "discount", "off"),
    [
        (6000, Discount(DiscountKind.PERCENT, 5000), 3000),
        (6000, Discount(DiscountKind.PERCENT, 3333), 2000),
        (6000, Discount(DiscountKind.PERCENT, 9999), 6000),
        (6000, Discount(DiscountKind.AMOUNT, 5950), 5950),
        (6000, Discount(DiscountKind.AMOUNT, 5951), 6000),
        (6000, Discount(DiscountKind.AMOUNT, 9999), 6000),
        (6000, Discount(DiscountKind.FIXED_PRICE, 2000), 4000),
        (6000, Discount(DiscountKind.FIXED_PRICE, 0), 6000),
        (6000, Discount(DiscountKind.FIXED_PRICE, 7000), 0),
        (60, Discount(DiscountKind.AMOUNT, 20), 60),
        (0, Discount(DiscountKind.AMOUNT, 20), 0),
    ],
)
def test_less_than_cards_can_pay_is_nothing(unit: int, discount: Discount, off: int) -> None:
    assert pricing.off(unit, discount=discount) == off


@pytest.mark.parametrize(
    ("kind", "possible", "impossible"),
    [
        (DiscountKind.PERCENT, [1, 10_000], [0, 10_001]),
        (DiscountKind.AMOUNT, [1, 6000], [0]),
        (DiscountKind.FIXED_PRICE, [0, 50], [1, 49]),
    ],
)
def test_what_a_voucher_can_give(kind: DiscountKind, possible: list[int], impossible: list[int]) -> None:
    assert all(is_possible(Discount(kind, value)) for value in possible)
    assert not any(is_possible(Discount(kind, value)) for value in impossible)


def test_the_least_and_the_kinds_are_the_same_everywhere() -> None:
    assert prices.LEAST == LEAST
    assert sorted(Voucher.Kind.values) == sorted(kind.value for kind in DiscountKind)
