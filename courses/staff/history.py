"""How the history of a cohort tells what was planned, changed and moved."""

from typing import Any

from django.utils.translation import gettext_lazy
from wagtail.log_actions import LogFormatter

from courses.actions import organisation_managers, organisations, run_sheets, sessions

NOTHING_KNOWN = dict.fromkeys(("title", "reason", "what", "before", "starts_on", "organisation", "seats"), "")

# What was done, in a few words, and in a sentence with what stands in the log.
WORDS = {
    sessions.ADDED: (gettext_lazy("Plan a session"), gettext_lazy("Planned the session “%(title)s”")),
    sessions.CHANGED: (gettext_lazy("Change a session"), gettext_lazy("Changed the session “%(title)s”")),
    sessions.CANCELLED: (
        gettext_lazy("Cancel a session"),
        gettext_lazy("Cancelled the session “%(title)s”: %(reason)s"),
    ),
    run_sheets.DATE_ADDED: (gettext_lazy("Plan a date"), gettext_lazy("Planned a date (%(what)s)")),
    run_sheets.DATE_CHANGED: (gettext_lazy("Change a date"), gettext_lazy("Changed a date (%(what)s)")),
    run_sheets.DATE_REMOVED: (gettext_lazy("Remove a date"), gettext_lazy("Removed a date (%(what)s)")),
    run_sheets.MOVED: (
        gettext_lazy("Move a cohort"),
        gettext_lazy("Moved the first day from %(before)s to %(starts_on)s"),
    ),
    organisations.GIVEN: (
        gettext_lazy("Give seats to an organisation"),
        gettext_lazy("Gave %(seats)s seats to organisation %(organisation)s: %(reason)s"),
    ),
    organisations.TAKEN_BACK: (
        gettext_lazy("Take seats back"),
        gettext_lazy("%(seats)s seats of organisation %(organisation)s went back to the cohort. %(reason)s"),
    ),
    organisation_managers.INVITED: (gettext_lazy("Invite a manager"), gettext_lazy("Invited a manager")),
    organisation_managers.REMOVED: (gettext_lazy("Remove a manager"), gettext_lazy("Removed a manager")),
}


def name_actions(actions: Any) -> None:
    """Words for what is written into Wagtail's log."""
    for name, (label, sentence) in WORDS.items():
        actions.register_action(name)(_formatter(label, sentence))


def _formatter(label: Any, sentence: Any) -> type[LogFormatter]:
    class Told(LogFormatter):
        def format_message(self, log_entry: Any) -> str:
            return str(sentence) % {**NOTHING_KNOWN, **log_entry.data}

    Told.label = label
    return Told
