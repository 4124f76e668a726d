"""The facts of a certificate, as people read them."""

from dataclasses import replace
from datetime import date

import pytest

from courses.certificates.facts import Facts
from courses.certificates.wording import lines, rows

FACTS = Facts(
    kind="Certificate of completion",
    course_code="LL-SHG",
    course_title="Working with self-help groups",
    edition_number=2,
    provider="Lived Learning",
    stages=("What self-help is",),
    outcomes=("You can support a group without taking it over.",),
    started_on=date(2026, 11, 2),
    completed_on=date(2026, 11, 21),
    issued_on=date(2026, 11, 23),
    self_directed_minutes=135,
    participatory_minutes=0,
    assessment=("Passed the quiz “What self-help is” with 88% (pass mark 75%)",),
    accreditation="",
    statement="This is not a qualification.",
    notice="",
)


def test_the_rows_are_in_the_order_of_every_certificate() -> None:
    assert rows(FACTS) == [
        ("Course", "Working with self-help groups (LL-SHG)"),
        ("Edition", "2"),
        ("Provider", "Lived Learning"),
        ("Started", "2 November 2026"),
        ("Completed", "21 November 2026"),
        ("Issued", "23 November 2026"),
        ("Time", "2 hours 15 minutes of self-directed study; no live sessions"),
        (
            "How it was assessed",
            "Passed the quiz “What self-help is” with 88% (pass mark 75%).",
        ),
        ("Accreditation", "None. No outside body has accredited this course."),
    ]


@pytest.mark.parametrize(
    ("alone", "together", "sentence"),
    [
        (135, 0, "2 hours 15 minutes of self-directed study; no live sessions"),
        (0, 360, "No self-directed study; 6 hours of live sessions"),
        (
            90,
            45,
            "1 hour 30 minutes of self-directed study; 45 minutes of live sessions;"
            " 2 hours 15 minutes in all",
        ),
        (0, 0, "No self-directed study; no live sessions"),
    ],
)
def test_time_is_told_by_kind(alone: int, together: int, sentence: str) -> None:
    facts = replace(FACTS, self_directed_minutes=alone, participatory_minutes=together)
    assert dict(rows(facts))["Time"] == sentence


@pytest.mark.parametrize(
    ("assessment", "told"),
    [
        ((), "There was no assessment."),
        (("Passed one quiz",), "Passed one quiz."),
        (
            ("Passed one quiz", "An assessor read the plan."),
            ("Passed one quiz.", "An assessor read the plan."),
        ),
    ],
)
def test_assessment_is_told_in_sentences(assessment: tuple[str, ...], told: str | tuple[str, ...]) -> None:
    assert dict(rows(replace(FACTS, assessment=assessment)))["How it was assessed"] == told


def test_every_row_has_its_lines() -> None:
    told = dict(lines(replace(FACTS, assessment=("Passed one quiz", "Passed another"))))
    assert told["How it was assessed"] == ("Passed one quiz.", "Passed another.")
    assert told["Edition"] == ("2",)


def test_an_accreditation_is_shown_as_it_was_written() -> None:
    facts = replace(FACTS, accreditation="Example body, number 1.")
    assert dict(rows(facts))["Accreditation"] == "Example body, number 1."
