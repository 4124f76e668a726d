"""How the facts of a certificate are said to people: on the page, on the public check and in the PDF."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.catalogue.durations import duration
from courses.certificates.facts import Facts

Row = tuple[str, str | tuple[str, ...]]


def rows(facts: Facts) -> list[Row]:
    """Label and value, in the order of the HTML certificate, the public check page and the PDF.

    A value is a tuple where several things are said under one label: a list is drawn of them.
    """
    return [
        (_("Course"), f"{facts.course_title} ({facts.course_code})"),
        (_("Edition"), str(facts.edition_number)),
        (_("Provider"), facts.provider),
        (_("Started"), _day(facts.started_on)),
        (_("Completed"), _day(facts.completed_on)),
        (_("Issued"), _day(facts.issued_on)),
        (_("Time"), _time(facts)),
        (_("How it was assessed"), _assessment(facts.assessment)),
        (
            _("Accreditation"),
            facts.accreditation or _("None. No outside body has accredited this course."),
        ),
    ]


def lines(facts: Facts) -> list[tuple[str, tuple[str, ...]]]:
    """The same rows with every value as its lines: one as a rule, several where a list is drawn."""
    return [(label, (value,) if isinstance(value, str) else value) for label, value in rows(facts)]


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def _assessment(texts: tuple[str, ...]) -> str | tuple[str, ...]:
    if not texts:
        return _("There was no assessment.")
    sentences = tuple(text if text.endswith((".", "!", "?")) else f"{text}." for text in texts)
    return sentences if len(sentences) > 1 else sentences[0]


def _time(facts: Facts) -> str:
    alone, together = facts.self_directed_minutes, facts.participatory_minutes
    parts = [
        _("%s of self-directed study") % duration(alone) if alone else _("no self-directed study"),
        _("%s of live sessions") % duration(together) if together else _("no live sessions"),
    ]
    if alone and together:
        parts.append(_("%s in all") % duration(alone + together))
    sentence = "; ".join(parts)
    return sentence[0].upper() + sentence[1:]
