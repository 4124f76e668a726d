"""What the ledger says, in plain sentences for the people who look after a cohort."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from courses.catalogue.outline import Outline
from courses.ledger.models import LedgerEntry
from courses.queries import order_words

# In the order of a place's life. A test looks that every action of the code has its words here.
WORDS: dict[str, Any] = {
    "applied for a place": lazy("Applied for a place."),
    "answered what was asked": lazy("Answered what the team asked."),
    "took an application back": lazy("Took their application back."),
    "asked for more": lazy("Was asked for more about their application."),
    "declined an application": lazy("The application was declined."),
    "put on the list of applicants who wait": lazy("There was no place. The application was kept for one."),
    "offer sent again": lazy("The offer of a place was sent again."),
    "waits for a place": lazy("Began to wait for a place."),
    "stopped waiting": lazy("Stopped waiting for a place."),
    "waiting ended": lazy("The waiting list ended."),
    "offered a place": lazy("Was offered a place."),
    "accepted an offer": lazy("Accepted the offer of a place."),
    "offer taken up": lazy("Got a place in another way, so the offer was answered with it."),
    "declined an offer": lazy("Declined the offer of a place."),
    "offer lapsed": lazy("The time to answer the offer went by."),
    "offer taken back": lazy("The offer of a place was taken back."),
    "used a code": lazy("Used an enrolment code."),
    "enrolled": lazy("Got a place on the cohort."),
    "let in past what is asked for": lazy("Was let in although something was missing that is asked for."),
    "check recorded": lazy("The team recorded a check."),
    "check taken back": lazy("The team took back what it had recorded about a check."),
    "grant added": lazy("Got one more reason to have a place."),
    "grant dropped": lazy("Lost one of the reasons to have a place."),
    "lost their place": lazy("Lost the place: no reason for it was left."),
    "withdrew": lazy("Left the course. The place is free again."),
    "removed": lazy("Was taken off the course by the team."),
    "paused": lazy("The place was paused."),
    "resumed": lazy("The pause ended."),
    "deferred": lazy("Moved on to a later group, with the work done so far."),
    "transferred": lazy("Was moved to another group, with the work done so far."),
    "moved here": lazy("Came here from another group, with the work done so far."),
    "put right": lazy("Got the place back."),
    "access changed": lazy("The last day of access was changed."),
    "access over": lazy("Access to the course ended."),
    "access ended": lazy("Access to the course ended."),
    "lesson done": lazy("Did the lesson “%(title)s”."),
    "quiz marked": lazy("Handed in a quiz: %(score)s of %(max_score)s points."),
    "attendance noted": lazy("Attendance was noted: “%(title)s”."),
    "attendance corrected": lazy("Attendance was corrected: “%(title)s”."),
    "work handed in": lazy("Handed in work for “%(title)s”."),
    "work sent back": lazy("Work for “%(title)s” was sent back with a comment."),
    "work signed off": lazy("Work for “%(title)s” was signed off."),
    "recorded done": lazy("“%(title)s” was put down as done."),
    "recorded passed": lazy("“%(title)s” was put down as passed."),
    "recorded not_passed": lazy("“%(title)s” was put down as not passed."),
    "recorded handed_in": lazy("Work for “%(title)s” was handed in."),
    "recorded sent_back": lazy("Work for “%(title)s” was sent back."),
    "record taken back": lazy("“%(title)s” was put back to “to do”."),
    "another try given": lazy("Got another try at “%(title)s”."),
    "time at a quiz changed": lazy("Has %(time_factor_percent)s%% of the usual time at “%(title)s”."),
    "completed": lazy("Finished the course."),
    "certificate issued": lazy("The certificate was issued."),
    "certificate corrected": lazy("The name on the certificate was corrected."),
    "name shown on check page": lazy("Chose to show their name where certificates are checked."),
    "name hidden on check page": lazy("Chose to hide their name where certificates are checked."),
    "told access needs": lazy("Told the facilitators what they need to take part, or changed it."),
    "deleted access needs": lazy("Deleted what they need to take part."),
    "looked at access needs": lazy("A facilitator looked at what they need to take part."),
    "invited a supporter": lazy("Invited somebody to support them."),
    "supporter accepted": lazy("Somebody became their supporter."),
    "supporter declined": lazy("An invitation to support them was declined."),
    "supporter left": lazy("A supporter stopped."),
    "removed a supporter": lazy("Ended the support of somebody."),
    "progress shown to organisation": lazy("Agreed that their organisation sees how much they have done."),
    "progress hidden from organisation": lazy(
        "Decided that their organisation does not see how much is done."
    ),
    "account closed": lazy("Closed the account, so the place ended."),
    "name shown to cohort": lazy("Agreed that others on the cohort see their name."),
    "name hidden from cohort": lazy("Decided that others on the cohort do not see their name."),
    **order_words.LEDGER,
}


def sentence(entry: LedgerEntry, outline: Outline) -> str:
    """One entry in words; the action's own name when nobody has written words for it yet."""
    words = WORDS.get(entry.action)
    if words is None:
        return _("Noted: %(action)s.") % {"action": entry.action}
    return str(words) % _values(entry.details, outline)


def _values(details: Mapping[str, Any], outline: Outline) -> defaultdict[str, str]:
    """What the words may name. A number that an old entry does not have is a question mark."""
    values: defaultdict[str, str] = defaultdict(lambda: "?")
    values |= {name: str(value) for name, value in details.items()}
    activity = outline.activity(details["activity"]) if isinstance(details.get("activity"), int) else None
    values["title"] = activity.title if activity else str(_("an activity that is not in this edition"))
    return values
