import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.payments import pricing
from courses.payments.paper_facts import (
    NOBODY,
    Buyer,
    Facts,
    FactsUnreadableError,
    Kind,
    Line,
    RateSum,
    Seller,
    creditable,
    from_json,
    is_vat_invoice,
    numbered,
    share_of,
    sums_by_rate,
    to_json,
    what_is_left,
    without_buyer,
)

TWENTY, EXEMPT = "20 % VAT included", "Exempt from VAT: education"


def line(total: int, rate: int = 2000, wording: str = TWENTY) -> Line:
    tax = pricing.tax_in(total, rate=rate)
    return Line("A place", 1, total, 0, rate, wording, total - tax, tax, total)


BOUGHT = line(6000)
FACTS = Facts(
    kind="receipt",
    number="R-2026-00001",
    issued_on=date(2026, 11, 23),
    order="ABCD1234",
    currency="gbp",
    seller=Seller("Example Learning", ("1 Example Street",), "0000000", "", "GB 000 0000 00"),
    buyer=Buyer("Ada Lerner", "", ("2 Example Road", "Exampleton"), "GB", ""),
    lines=(BOUGHT,),
    sums=sums_by_rate([BOUGHT]),
    net=5000,
    tax=1000,
    total=6000,
    paid=6000,
    paid_on=date(2026, 11, 23),
    method="card",
    concerns="",
    concerns_on=None,
    reason="",
    notice="",
)


@pytest.mark.parametrize(
    ("kind", "number", "said"),
    [
        (Kind.RECEIPT, 1, "R-2026-00001"),
        (Kind.INVOICE, 42, "INV-2026-00042"),
        (Kind.CREDIT_NOTE, 99_999, "CN-2026-99999"),
        (Kind.RECEIPT, 123_456, "R-2026-123456"),
    ],
)
def test_numbers_are_printed_with_their_kind_and_year(kind: Kind, number: int, said: str) -> None:
    assert numbered(kind, 2026, number) == said


def test_sums_are_by_rate_and_wording_the_highest_rate_first() -> None:
    found = sums_by_rate([line(1000, 0, EXEMPT), line(6000), line(1200), line(500, 0, "Outside")])
    assert found == (
        RateSum(2000, TWENTY, 6000, 1200, 7200),
        RateSum(0, EXEMPT, 1000, 0, 1000),
        RateSum(0, "Outside", 500, 0, 500),
    )


# --- A VAT invoice


@pytest.mark.parametrize(
    ("facts", "is_one"),
    [
        (FACTS, True),
        (replace(FACTS, buyer=NOBODY), True),
        (replace(FACTS, buyer=NOBODY, total=25_000), True),
        (replace(FACTS, buyer=NOBODY, total=25_001), False),
        (replace(FACTS, total=25_001), True),
        (replace(FACTS, tax=0), False),
        (replace(FACTS, currency="eur"), False),
        (replace(FACTS, kind="credit_note"), False),
        (replace(FACTS, seller=replace(FACTS.seller, vat_number="")), False),
        (replace(FACTS, seller=replace(FACTS.seller, address=())), False),
    ],
)
def test_a_receipt_is_a_vat_invoice_only_with_all_that_makes_it_one(facts: Facts, is_one: bool) -> None:
    assert is_vat_invoice(facts) is is_one


# --- Credit notes

AMOUNTS = st.integers(1, 100_000)
ORDERS = st.lists(st.tuples(AMOUNTS, st.sampled_from([0, 500, 2000])), min_size=1, max_size=4)


def order_of(rows: list[tuple[int, int]]) -> tuple[RateSum, ...]:
    return sums_by_rate([line(total, rate, f"{rate}") for total, rate in rows])


def total_of(sums: tuple[RateSum, ...]) -> int:
    return sum(one.total for one in sums)


def is_sound(share: RateSum) -> bool:
    return share.net + share.tax == share.total and share.net >= 0 and share.tax >= 0


@given(rows=ORDERS, data=st.data())
def test_shares_of_all_credit_notes_add_up_to_the_order_to_the_penny(
    rows: list[tuple[int, int]], data: st.DataObject
) -> None:
    """In whatever parts it goes back, and though some notes are cancelled and made again."""
    bought, taken = order_of(rows), list[tuple[RateSum, ...]]()
    for _ in range(12):
        left = what_is_left(bought, [one for note in taken for one in note])
        if taken and data.draw(st.integers(0, 3)) == 0:
            taken.pop(data.draw(st.integers(0, len(taken) - 1)))
            continue
        if not total_of(left):
            break
        amount = data.draw(st.integers(1, total_of(left)))
        shares = share_of(left, amount)
        assert total_of(shares) == amount
        assert all(map(is_sound, shares))
        taken.append(shares)
    left = what_is_left(bought, [one for note in taken for one in note])
    assert all(map(is_sound, left))
    if total_of(left):
        taken.append(share_of(left, total_of(left)))
    every = [one for note in taken for one in note]
    assert sum(one.tax for one in every) == sum(one.tax for one in bought)
    assert sum(one.net for one in every) == sum(one.net for one in bought)
    assert not any(one.total or one.tax for one in what_is_left(bought, every))


@given(total=AMOUNTS, data=st.data())
def test_one_share_has_the_tax_of_its_amount(total: int, data: st.DataObject) -> None:
    amount = data.draw(st.integers(1, total))
    (share,) = share_of(sums_by_rate([line(total)]), amount)
    assert abs(share.tax - pricing.tax_in(amount, rate=2000)) <= 1


@pytest.mark.parametrize("amount", [0, -1, 6001])
def test_more_than_is_left_cannot_be_taken_off(amount: int) -> None:
    with pytest.raises(ValueError, match="taken off"):
        share_of(FACTS.sums, amount)


@pytest.mark.parametrize(
    ("received", "gone", "credited", "most"),
    [
        (6000, 1000, 0, 1000),
        (6000, 6000, 1000, 5000),
        (6000, 6000, 6000, 0),
        (6500, 500, 0, 0),
        (6500, 700, 0, 200),
        (6500, 6500, 200, 5800),
        (4000, 4000, 0, 4000),
        (6000, 500, 1000, 0),
    ],
)
def test_what_was_paid_too_much_is_not_taken_off(received: int, gone: int, credited: int, most: int) -> None:
    assert creditable(total=6000, received=received, gone=gone, credited=credited) == most


# --- Kept as JSON

texts = st.text(max_size=20)
amounts = st.integers(0, 10**9)
some_texts = st.lists(texts, max_size=3).map(tuple)
some_facts = st.builds(
    Facts,
    kind=texts,
    number=texts,
    issued_on=st.dates(),
    order=texts,
    currency=texts,
    seller=st.builds(Seller, texts, some_texts, texts, texts, texts),
    buyer=st.builds(Buyer, texts, texts, some_texts, texts, texts),
    lines=st.lists(
        st.builds(Line, texts, amounts, amounts, amounts, amounts, texts, amounts, amounts, amounts),
        max_size=2,
    ).map(tuple),
    sums=st.lists(st.builds(RateSum, amounts, texts, amounts, amounts, amounts), max_size=2).map(tuple),
    net=amounts,
    tax=amounts,
    total=amounts,
    paid=amounts,
    paid_on=st.none() | st.dates(),
    method=texts,
    concerns=texts,
    concerns_on=st.none() | st.dates(),
    reason=texts,
    notice=texts,
)


@given(facts=some_facts)
def test_what_is_kept_is_read_as_it_was(facts: Facts) -> None:
    assert from_json(json.loads(json.dumps(to_json(facts)))) == facts


@given(facts=some_facts)
def test_the_buyer_goes_and_all_else_stays(facts: Facts) -> None:
    assert from_json(without_buyer(to_json(facts))) == replace(facts, buyer=NOBODY)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {**to_json(FACTS), "more": 1},
        {**to_json(FACTS), "total": "6000"},
        {**to_json(FACTS), "total": True},
        {**to_json(FACTS), "issued_on": "yesterday"},
        {**to_json(FACTS), "issued_on": 5},
        {**to_json(FACTS), "seller": {}},
        {**to_json(FACTS), "seller": "somebody"},
        {**to_json(FACTS), "lines": {}},
        {**to_json(FACTS), "lines": ["one"]},
    ],
)
def test_what_has_another_shape_is_not_read(broken: dict[str, object]) -> None:
    with pytest.raises(FactsUnreadableError):
        from_json(broken)
