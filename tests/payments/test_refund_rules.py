"""What the policy gives back, and the VAT in it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.payments.refund_rules import Policy, advise, shared_out, tax_back

PAID = date(2026, 11, 1)
START = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("paid_on", "starts_on", "has_begun", "today", "policy", "amount"),
    [
        (PAID, START, False, PAID, Policy.COOLING_OFF, 4500),
        (PAID, START, False, date(2026, 11, 15), Policy.COOLING_OFF, 4500),
        (PAID, START, False, date(2026, 11, 16), Policy.BEFORE_START, 4500),
        (PAID, START, False, date(2026, 11, 30), Policy.BEFORE_START, 4500),
        (PAID, START, False, START, Policy.BY_TEAM, 0),
        # Within 14 days, but the course has started.
        (date(2026, 11, 30), START, False, START, Policy.BY_TEAM, 0),
        # Without a first day the course starts with the first thing somebody does.
        (PAID, None, False, PAID, Policy.COOLING_OFF, 4500),
        (PAID, None, False, date(2027, 1, 1), Policy.BEFORE_START, 4500),
        (PAID, None, True, PAID, Policy.BY_TEAM, 0),
        # What somebody did before a group with a first day counts for nothing.
        (PAID, START, True, PAID, Policy.COOLING_OFF, 4500),
        (None, START, False, PAID, Policy.BEFORE_START, 4500),
    ],
)
def test_the_policy_by_the_day(
    paid_on: date | None,
    starts_on: date | None,
    has_begun: bool,
    today: date,
    policy: Policy,
    amount: int,
) -> None:
    found = advise(paid_on=paid_on, starts_on=starts_on, has_begun=has_begun, kept=4500, today=today)
    assert (found.policy, found.amount) == (policy, amount)
    assert found.ends_place == (amount > 0)


def test_nothing_left_gives_nothing() -> None:
    found = advise(paid_on=PAID, starts_on=START, has_begun=False, kept=0, today=PAID)
    assert (found.policy, found.amount, found.ends_place) == (Policy.NOTHING_LEFT, 0, False)


@given(totals=st.lists(st.integers(1, 100_000), min_size=1, max_size=4), parts=st.lists(st.integers(1, 999)))
def test_the_tax_of_all_refunds_is_the_tax_of_the_order_when_all_went_back(
    totals: list[int], parts: list[int]
) -> None:
    whole = sum(totals)
    taxes = [total // 6 for total in totals]
    back, given_back = 0, [0] * len(totals)
    for part in [*parts, whole]:
        back = min(whole, back + part)
        after = [
            tax_back(line_tax=tax, line_total=total, back=share)
            for tax, total, share in zip(taxes, totals, shared_out(back, totals), strict=True)
        ]
        assert sum(shared_out(back, totals)) == back
        given_back = after
    assert (back, given_back) == (whole, taxes)


def test_lines_that_cost_nothing_get_nothing_back() -> None:
    assert shared_out(100, [0, 0]) == [0, 0]
    assert shared_out(100, []) == []
    assert tax_back(line_tax=0, line_total=0, back=10) == 0
