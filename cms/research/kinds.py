"""The kinds of research page, and what each kind needs and is called."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a page is about, in the order in which lists show them."""

    WORK = "work", _("Published work")
    GROUP = "group", _("Research group")
    PROJECT = "project", _("Project")
    STUDY = "study", _("Study")
    POLICY = "policy", _("Policy and guidance")
    REPORT = "report", _("Reports")


@dataclass(frozen=True, slots=True)
class Words:
    """What a kind is called. `needs` are the fields without which a page of this kind is not published."""

    plural: Promise
    everything: Promise
    about: Promise
    found: Promise
    at_a_glance: Promise
    needs: tuple[str, ...] = ()


FOUND, CAME_OF_IT = _("What was found, in short"), _("What came of it, in short")

WORDS: Mapping[Kind, Words] = MappingProxyType(
    {
        Kind.WORK: Words(
            _("Published works"),
            _("All published works"),
            _("Articles from journals, each in plain words, with its reference."),
            FOUND,
            _("About the study"),
            needs=("cited_as", "authors", "year"),
        ),
        Kind.GROUP: Words(
            _("Research groups"),
            _("All research groups"),
            _("Citizens, and people who use services, who do research together."),
            CAME_OF_IT,
            _("About the group"),
        ),
        Kind.PROJECT: Words(
            _("Projects"),
            _("All projects"),
            _("Larger pieces of work, with their own money and partners."),
            CAME_OF_IT,
            _("About the project"),
        ),
        Kind.STUDY: Words(
            _("Studies"),
            _("All studies"),
            _("Smaller pieces of research on one question, and what changed after them."),
            CAME_OF_IT,
            _("About the study"),
        ),
        Kind.POLICY: Words(
            _("Policy and guidance"),
            _("All policy and guidance"),
            _("Where the research was taken up by people who decide."),
            CAME_OF_IT,
            _("At a glance"),
        ),
        Kind.REPORT: Words(
            _("Reports"),
            _("All reports"),
            _("Longer accounts that are kept in a library on the web."),
            FOUND,
            _("About the reports"),
            needs=("cited_as",),
        ),
    }
)
# A page of these kinds is about something with a record at a publisher or in a library.
WITH_RECORD = frozenset({Kind.WORK, Kind.REPORT})
