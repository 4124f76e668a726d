"""Lists of people, however a spreadsheet has written them."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.enrolment import list_reading
from courses.enrolment.list_reading import MOST_BYTES, MOST_LINES, Fault, Line, ListUnreadable, Wrong

JOSE = "email;name;note\njosé@example.org;José Núñez;“Café”\n"


def fault(content: bytes) -> Fault:
    with pytest.raises(ListUnreadable) as unreadable:
        list_reading.read(content)
    return unreadable.value.fault


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_usual_encoding_is_read(encoding: str) -> None:
    assert list_reading.read(JOSE.encode(encoding)) == [Line(2, "josé@example.org", "José Núñez", "“Café”")]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_usual_separator_and_line_ending_is_read(separator: str, ending: str) -> None:
    rows = [["Note", "E-MAIL", "Shoe size", "Name"], ["n", "A@Example.org", "9", "Ada"], ["", "b@x.org"]]
    content = ending.join(separator.join(row) for row in rows).encode()
    assert list_reading.read(content) == [Line(2, "a@example.org", "Ada", "n"), Line(3, "b@x.org")]


def test_a_line_that_says_how_it_separates_is_passed_over() -> None:
    assert list_reading.read(b"sep=;\r\nemail;note\r\na@example.org;x, y\r\n") == [
        Line(3, "a@example.org", "", "x, y")
    ]


def test_quoted_newlines_are_one_line_and_the_next_keeps_its_number() -> None:
    content = b'email,note\r\na@example.org,"one\r\ntwo ""three"""\r\n\r\nb@example.org,\r\n'
    assert list_reading.read(content) == [
        Line(2, "a@example.org", "", 'one two "three"'),
        Line(5, "b@example.org"),
    ]


def test_what_a_spreadsheet_put_before_a_formula_is_taken_away_again() -> None:
    content = b"email,name,note\na@example.org,'=1+1,'-5\nb@example.org,'tis,=2\n"
    assert [(line.name, line.note) for line in list_reading.read(content)] == [("=1+1", "-5"), ("'tis", "=2")]


def test_what_is_wrong_with_a_line_is_said_by_line() -> None:
    content = f"email,name,note\n,Ada,\na@x.org,,\nA@X.org ,,\nb@x.org,{'n' * 201},\n{'c' * 255},,\n,,\n"
    assert [(line.number, line.wrong) for line in list_reading.read(content.encode())] == [
        (2, Wrong.NO_ADDRESS),
        (3, None),
        (4, Wrong.TWICE),
        (5, Wrong.TOO_LONG),
        (6, Wrong.TOO_LONG),
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", Fault.EMPTY),
        (b"\n \n;;\n", Fault.EMPTY),
        (b"email,name\n", Fault.EMPTY),
        (b"a@example.org\nb@example.org\n", Fault.NO_HEADS),
        (b"name;note\nAda;x\n", Fault.NO_HEADS),
        (b"email,E-mail\na@example.org,b@example.org\n", Fault.TWO_COLUMNS),
        (b"email\n" + b"x" * 200_000, Fault.NOT_A_LIST),
        (b"x" * (MOST_BYTES + 1), Fault.TOO_LARGE),
        (b"PK\x03\x04\x00\x00\x08\x00 a spreadsheet that is no CSV", Fault.NO_HEADS),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_a_reason(content: bytes, says: Fault) -> None:
    assert fault(content) is says


def test_five_thousand_lines_are_read_and_not_one_more() -> None:
    lines = "".join(f"p{n}@example.org\n" for n in range(MOST_LINES))
    assert len(list_reading.read(f"email\n{lines}\n\n".encode())) == MOST_LINES
    assert fault(f"email\n{lines}one-more@example.org".encode()) is Fault.TOO_MANY


@given(st.binary(max_size=2000))
def test_no_file_breaks_the_reader(content: bytes) -> None:
    try:
        found = list_reading.read(content)
    except ListUnreadable:
        return
    assert found
    assert all(line.number >= 2 for line in found)


CELL = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=30)


@given(
    rows=st.lists(
        st.tuples(st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.org", fullmatch=True), CELL, CELL), min_size=1
    ),
    separator=st.sampled_from(list_reading.SEPARATORS),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    order=st.permutations(["email", "name", "note"]),
)
def test_what_was_written_is_read_again(
    rows: list[tuple[str, str, str]], separator: str, encoding: str, order: list[str]
) -> None:
    written = io.StringIO(newline="")
    table = csv.DictWriter(written, order, delimiter=separator)
    table.writeheader()
    table.writerows(dict(zip(["email", "name", "note"], row, strict=True)) for row in rows)
    found = list_reading.read(written.getvalue().encode(encoding))
    assert [line.email for line in found] == [row[0] for row in rows]
    for line, (_email, name, note) in zip(found, rows, strict=True):
        assert line.name in _readings(name)
        assert line.note in _readings(note)


def _readings(text: str) -> set[str]:
    """Spaces are drawn together, and an apostrophe before a formula goes."""
    tidy = " ".join(text.replace("\ufeff", "").split())
    return {tidy, " ".join(text.split()), tidy[1:].strip() if tidy.startswith("'") else tidy}
