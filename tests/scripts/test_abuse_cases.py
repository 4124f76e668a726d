"""Every case of the list has its proof, and the page that says which is as the tests are."""

from pathlib import Path

import pytest

from scripts import abuse_cases


def test_every_case_has_a_test_and_every_named_case_is_on_the_list() -> None:
    found = abuse_cases.proofs()
    assert [number for number, tests in found.items() if not tests] == []
    assert set(found) == set(abuse_cases.CASES)


def test_the_page_is_as_the_tests_are() -> None:
    page = abuse_cases.ROOT / abuse_cases.PAGE
    assert page.read_text(encoding="utf-8") == abuse_cases.text(), (
        "Run: python -m scripts.abuse_cases --write"
    )


def test_a_name_says_which_cases_it_proves() -> None:
    names = ["test_case_09_the_last_place", "test_cases_35_and_42_each", "test_in_case_09_x", "test_case_9_x"]
    assert [abuse_cases._cases_of(name) for name in names] == [[9], [35, 42], [], []]


def test_a_case_without_a_test_is_seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text("def test_case_01_twice() -> None: ...\n", encoding="utf-8")
    monkeypatch.setattr(abuse_cases, "ROOT", tmp_path)
    monkeypatch.setattr(abuse_cases, "TESTS", tmp_path)
    found = abuse_cases.proofs()
    assert found[1] == ["test_one.py::test_case_01_twice"]
    assert found[2] == []
