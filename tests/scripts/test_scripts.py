"""The tools that run the tests: how they count, and that they find what must not be there."""

import sys
from pathlib import Path

import pytest
from django.db import models
from django.db.migrations.state import ModelState

from scripts import check_addresses, check_words, checks, lint_migrations, processes, suite
from scripts.suite import Outcome


def test_everything_that_must_not_be_kept_is_found_and_nothing_else() -> None:
    assert check_addresses.missed() == []


def test_a_thing_found_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    host = check_addresses.REGISTRIES["Rust"][0]
    path.write_text(f"one\nsee {host}\n")
    (tmp_path / "picture.bin").write_bytes(b"\0" + host.encode())
    found = list(check_addresses.findings([path, tmp_path / "picture.bin"], tmp_path))
    assert found == [f"notes.txt:2: registry (Rust): {host}"]


def test_words_after_two_dashes_are_for_pytest() -> None:
    assert suite._split(["races", "--", "-k", "x"]) == (["races"], ["-k", "x"])
    assert suite._split(["races"]) == (["races"], [])


def test_all_parts_end_in_one_line_that_counts_them_all() -> None:
    outcomes = [
        Outcome("quick-sqlite", 0, 61.2, {"failed": 0, "passed": 900, "skipped": 1, "error": 0}),
        Outcome("races", 1, 12.0, {"failed": 2, "passed": 20, "skipped": 0, "error": 0}),
        Outcome("browser", 1, 0.1, {"error": 1}),
    ]
    last = suite.summary(outcomes).splitlines()[-1]
    assert "2 failed, 920 passed, 1 skipped, 1 error in 73.30s" in last


def test_a_part_without_a_report_is_an_error(tmp_path: Path) -> None:
    assert suite._counts(tmp_path / "nothing.xml") == {"error": 1}
    assert suite._sentence({}) == "no tests ran"


def test_a_report_is_counted(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text('<testsuites><testsuite tests="9" failures="2" errors="1" skipped="1"/></testsuites>')
    assert suite._counts(report) == {"failed": 2, "passed": 5, "skipped": 1, "error": 1}


@pytest.mark.parametrize("words", [[], ["no-such-part"], ["races", "no-such-part"]])
def test_a_part_that_does_not_exist_is_refused(words: list[str]) -> None:
    assert suite.main(words) == 2


def test_a_check_that_does_not_exist_is_refused() -> None:
    assert checks.main(["no-such-check"]) == 2
    assert check_addresses.main(["no", "such", "words"]) == 1


def test_a_program_s_own_exit_code_is_given_back() -> None:
    assert processes.run([sys.executable, "-c", "raise SystemExit(3)"]) == 3


def test_the_environment_can_be_changed_and_taken_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_NAME", "old")
    monkeypatch.setenv("ANOTHER", "there")
    found = processes.environment({"A_NAME": None, "ANOTHER": "new"})
    assert "A_NAME" not in found
    assert found["ANOTHER"] == "new"


def test_a_check_says_how_it_went(capsys: pytest.CaptureFixture[str]) -> None:
    good = checks.Check([sys.executable, "-c", "print('quiet')"])
    bad = checks.Check([sys.executable, "-c", "print('why'); raise SystemExit(1)"])
    assert checks.passes("good", good)
    assert not checks.passes("bad", bad)
    said = capsys.readouterr().out
    assert "quiet" not in said
    assert "why" in said
    assert "FAILED" in said


def test_words_that_cannot_be_translated_are_found_with_their_line() -> None:
    template = """{% load i18n %}
<p class="two words">{% translate "Held" %} {{ value }} 12 %</p>
{% blocktranslate trimmed %}Held as well{% endblocktranslate %}
<p>Not held</p>
<img alt="Heard" src="picture.svg">
{% include "button.html" with label="Given" only %}
{% block body_class %}page--name{% endblock %}
"""
    found = sorted(check_words.words(template))
    assert [line for line, _text in found] == [4, 5, 6]
    assert found[0][1] == "Not held"


def test_no_template_has_words_that_cannot_be_translated() -> None:
    assert check_words.main([]) == 0


def test_a_column_that_older_code_would_leave_empty_is_found_by_name() -> None:
    found = lint_migrations.left_empty("users", "0002_site_in_full")
    assert "users.0002_site_in_full: User.text_size" in [one.partition(" may not")[0] for one in found]
    assert lint_migrations.left_empty("courses", "0003_must_be_right") == []
    assert ("courses", "0003_must_be_right") in lint_migrations.later_migrations(["courses"])


def test_a_column_that_the_database_fills_or_that_may_be_empty_stops_no_older_code() -> None:
    columns = {
        "id": models.BigAutoField(primary_key=True),
        "plain": models.BooleanField(default=False),
        "filled": models.BooleanField(default=False, db_default=False),
        "free": models.TextField(null=True),
    }
    model = ModelState("courses", "Thing", list(columns.items()))
    assert lint_migrations.must_be_filled(model) == {"plain"}
