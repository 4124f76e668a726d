"""What changed from one edition to the next, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from courses.catalogue.comparison import Change, Happened, Place, Subject
from courses.catalogue.public import kind_label

# How a change is marked, besides its words.
SIGNS = {Happened.ADDED: "+", Happened.REMOVED: "−", Happened.MOVED: "↕", Happened.CHANGED: "≠"}
TAGS = {
    Happened.ADDED: gettext_lazy("New"),
    Happened.REMOVED: gettext_lazy("Gone"),
    Happened.MOVED: gettext_lazy("Moved"),
    Happened.CHANGED: gettext_lazy("Changed"),
}
FIELDS = {
    "course_title": gettext_lazy("Title of the course"),
    "course_code": gettext_lazy("Code of the course"),
    "title": gettext_lazy("Title"),
    "summary": gettext_lazy("Summary"),
    "kind": gettext_lazy("Kind"),
    "page_id": gettext_lazy("Page with the words"),
    "self_directed_minutes": gettext_lazy("Minutes of study alone"),
    "participatory_minutes": gettext_lazy("Minutes with others"),
    "quiz.pass_mark_percent": gettext_lazy("Pass mark"),
    "quiz.attempts_allowed": gettext_lazy("Tries"),
    "quiz.time_limit_minutes": gettext_lazy("Minutes to answer in"),
    "quiz.question_count": gettext_lazy("Questions"),
    "quiz.must_be_right": gettext_lazy("Questions that must be right"),
    "session.partly_percent": gettext_lazy("How much of a session counts as having been there"),
    "sessions_needed": gettext_lazy("How many live sessions are enough"),
    "provider": gettext_lazy("Provider"),
    "accreditation": gettext_lazy("Accreditation"),
    "statement": gettext_lazy("What the certificate does not say"),
    "notice": gettext_lazy("Line shown with all texts"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One change in words. `before` and `after` are empty where the sentence says it all."""

    happened: str
    sign: str
    tag: str
    sentence: str
    before: str = ""
    after: str = ""


def in_words(changes: Iterable[Change]) -> list[Difference]:
    """Each change as a line that an editor can read. No query."""
    return [_difference(change) for change in changes]


def _difference(change: Change) -> Difference:
    happened = change.happened
    sign, tag = SIGNS[happened], str(TAGS[happened])
    if happened is not Happened.CHANGED:
        return Difference(happened.value, sign, tag, _where(change))
    told = SENTENCES.get(change.field)
    if told is not None:
        return Difference(happened.value, sign, tag, told(change))
    before, after = _value(change, change.before), _value(change, change.after)
    if change.field == "quiz.must_be_right":
        before, after = _must_be_right(change)
    return Difference(happened.value, sign, tag, _whose(change), before, after)


def _where(change: Change) -> str:
    """What came, went or moved, and where."""
    words: dict[str, Any] = {"title": change.title}
    place = change.after or change.before
    if isinstance(place, Place):
        words |= {"stage": place.stage, "place": place.place}
    sentences = {
        (Subject.ACTIVITY, Happened.ADDED): _("“%(title)s”, in stage %(stage)s"),
        (Subject.ACTIVITY, Happened.REMOVED): _("“%(title)s”, which was in stage %(stage)s"),
        (Subject.ACTIVITY, Happened.MOVED): _("“%(title)s”, to place %(place)s in stage %(stage)s"),
        (Subject.STAGE, Happened.ADDED): _("Stage %(place)s, “%(title)s”"),
        (Subject.STAGE, Happened.REMOVED): _("Stage “%(title)s”"),
        (Subject.STAGE, Happened.MOVED): _("Stage “%(title)s”, to place %(place)s"),
        (Subject.OUTCOME, Happened.ADDED): _("Learning outcome: %(title)s"),
        (Subject.OUTCOME, Happened.REMOVED): _("Learning outcome: %(title)s"),
    }
    return sentences[change.subject, change.happened] % words


def _required(change: Change) -> str:
    words = {"title": change.title}
    if change.after:
        return _("“%(title)s” is now required. It was optional.") % words
    return _("“%(title)s” is now optional. It was required.") % words


def _gated(change: Change) -> str:
    words = {"title": change.title}
    if change.after:
        return _("Stage “%(title)s” now opens only after the stages before it.") % words
    return _("Stage “%(title)s” is now open from the start.") % words


def _make_up(change: Change) -> str:
    words = {"title": change.title}
    if change.after:
        return _("“%(title)s” now has a make-up task for those who could not come.") % words
    return _("“%(title)s” has no make-up task any more.") % words


def _takes_text(change: Change) -> str:
    words = {"title": change.title}
    if change.after:
        return _("“%(title)s” can now be written on the page.") % words
    return _("“%(title)s” can no longer be written on the page.") % words


def _takes_files(change: Change) -> str:
    words = {"title": change.title}
    if change.after:
        return _("“%(title)s” can now be handed in as files.") % words
    return _("“%(title)s” can no longer be handed in as files.") % words


SENTENCES = {
    "is_required": _required,
    "is_gated": _gated,
    "session.make_up": _make_up,
    "coursework.takes_text": _takes_text,
    "coursework.takes_files": _takes_files,
}


def _must_be_right(change: Change) -> tuple[str, str]:
    """How many there were and are, and whether others were chosen. Their words are not in an outline."""
    old, new = set(change.before or ()), set(change.after or ())
    came = len(new - old)
    after = str(len(new)) if new else _("none")
    if old - new and came:
        changed = ngettext("%(count)s, %(came)d of them new", "%(count)s, %(came)d of them new", came)
        after = changed % {"count": after, "came": came}
    return str(len(old)) if old else _("none"), after


def _whose(change: Change) -> str:
    """Which value of which thing changed."""
    if change.subject is Subject.CERTIFICATE and change.field == "kind":
        return _("Name of the certificate")
    label = FIELDS.get(change.field) or change.field.replace("_", " ").capitalize()
    if not change.title or change.subject in (Subject.COURSE, Subject.CERTIFICATE):
        return str(label)
    return _("“%(title)s”: %(what)s") % {"title": change.title, "what": str(label).lower()}


def _value(change: Change, value: Any) -> str:
    """A value in words; never an empty word, so that nothing looks forgotten."""
    if value is None or value == "":
        if change.field == "sessions_needed":
            return _("each of them")
        unlimited = change.field in ("quiz.attempts_allowed", "quiz.time_limit_minutes")
        return _("no limit") if unlimited else _("nothing")
    if change.subject is Subject.ACTIVITY and change.field == "kind":
        return str(kind_label(value))
    if change.field.endswith("_percent"):
        return f"{value}%"
    if change.field.endswith("_minutes"):
        return str(ngettext("%d minute", "%d minutes", value) % value)
    return str(value)
