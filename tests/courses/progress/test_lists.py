"""Registers from spreadsheets: every way such a file arrives, and what is wrong with each line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.progress.lists import Wrong, decoded, lines, matched
from courses.progress.turnout import Mark, Status

GOOD = "ada@example.org,attended\nben@example.org,partly,45\n"
MARKS = [Mark(Status.ATTENDED), Mark(Status.PARTLY, 45)]


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        GOOD.encode("utf-8-sig"),
        GOOD.replace(",", ";").encode(),
        GOOD.replace(",", "\t").encode(),
        GOOD.replace("\n", "\r\n").encode(),
        ("E-mail,Status,Minutes\n" + GOOD).encode(),
        ("\n\n" + GOOD + "\n,,\n").encode(),
        GOOD.upper().encode(),
        b'"ada@example.org","attended"\n"ben@example.org",partly,"45"',
        b"'ada@example.org,attended\nben@example.org,partly,45",
    ],
)
def test_a_list_is_read_however_it_was_saved(content: bytes) -> None:
    found = lines(decoded(content))
    assert [(line.email, line.wrong) for line in found] == [
        ("ada@example.org", None),
        ("ben@example.org", None),
    ]
    assert [line.mark for line in found] == MARKS


def test_western_european_files_are_read() -> None:
    assert decoded("Zoë;anwesend".encode("cp1252")) == "Zoë;anwesend"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("ada@example.org", Wrong.STATUS),
        ("ada@example.org,maybe", Wrong.STATUS),
        ("ada@example.org,partly", Wrong.MINUTES),
        ("ada@example.org,partly,-5", Wrong.MINUTES),
        ("ada@example.org,partly,a lot", Wrong.MINUTES),
        ("ada@example.org,partly,99999999999999999999", Wrong.MINUTES),
        ("ada@example.org,attended\nADA@example.org,absent", Wrong.TWICE),
        ("ada@example.org,attended\nAda,absent", Wrong.NO_ADDRESS),
    ],
)
def test_a_wrong_line_says_what_is_wrong_and_where(text: str, wrong: Wrong) -> None:
    last = lines(text)[-1]
    assert (last.wrong, last.mark) == (wrong, None)
    assert last.number == len(text.splitlines())


def test_whoever_is_not_on_the_cohort_makes_the_list_wrong() -> None:
    found = matched(lines(GOOD), {"ada@example.org": 7})
    assert not found.is_right
    assert [line.wrong for line in found.wrong] == [Wrong.UNKNOWN]
    right = matched(lines(GOOD), {"ada@example.org": 7, "ben@example.org": 8})
    assert right.is_right
    assert right.marks == {7: MARKS[0], 8: MARKS[1]}


def test_no_line_is_no_right_list() -> None:
    assert not matched(lines("\n , \n"), {}).is_right


def test_a_list_that_never_ends_is_cut_off() -> None:
    found = lines("\n".join(f"p{n}@example.org,attended" for n in range(3000)))
    assert found[-1].wrong is Wrong.TOO_LONG
    assert len(found) <= 2001


@given(st.binary(max_size=400))
def test_no_file_is_a_fault(content: bytes) -> None:
    matched(lines(decoded(content)), {"ada@example.org": 1})
