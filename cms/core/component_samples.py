"""Made-up things that the page of components shows: short, and true of nobody."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _


class SampleForm(forms.Form):
    """One field of every kind, with mistakes in it."""

    use_required_attribute = False
    name = forms.CharField()
    about = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))
    way = forms.ChoiceField(widget=forms.RadioSelect, choices=())
    agree = forms.BooleanField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Your name")
        self.fields["name"].help_text = _("As it should be printed.")
        self.fields["about"].label = _("Anything else")
        self.fields["way"].label = _("How should we answer?")
        self.fields["way"].choices = [("post", _("By post")), ("mail", _("By e-mail"))]  # type: ignore[attr-defined]
        self.fields["agree"].label = _("I have read this")


Listed = tuple[Any, ...]
# The question of the sample quiz that is shown.
CURRENT = 3


def listed() -> list[Listed]:
    """The name of each template, its title, when to use it, its states, and the list it stands in, if any."""
    return [*_actions(), *_forms(), *_states(), *_lists(), *_ways()]


def _actions() -> list[Listed]:
    label, url = _("Start the course"), "#"
    buttons = [
        (_("Primary"), {"label": label, "url": url}),
        (_("Secondary"), {"label": _("Look at it first"), "url": url, "kind": "secondary"}),
        (_("Quiet"), {"label": _("Not now"), "url": url, "kind": "quiet"}),
        (_("Danger"), {"label": _("Close my account"), "url": url, "kind": "danger"}),
    ]
    step = {
        "title": _("Giving and getting"),
        "url": url,
        "kind_label": _("Lesson"),
        "minutes": 13,
        "verb": _("Go on"),
    }
    said = _("Somebody in the same place in life as you")
    word = {"term": _("peer"), "text": f"{said}."}
    return [
        ("button", _("Button"), _("One primary button a page. Its words say what happens."), buttons),
        ("next_step", _("Next step"), _("The one thing to do next."), [("", {"step": step})]),
        (
            "certificate_link",
            _("Way to a certificate"),
            _("Only for the person it belongs to."),
            [("", {"code": "00000000000000000000000000", "kind": "secondary"})],
        ),
        (
            "glossary_word",
            _("Glossary word"),
            _("A word that some readers do not know. Press it. On paper the meaning stands in brackets."),
            [("", {"word": _("peer"), "meaning": word, "text": said, "id": "meaning-example"})],
        ),
    ]


def _forms() -> list[Listed]:
    empty, wrong = SampleForm(prefix="empty"), SampleForm({}, prefix="wrong")
    wrong.is_valid()
    labels = {
        "name": _("Words"),
        "about": _("Words, if you like"),
        "way": _("One of several"),
        "agree": _("Tick"),
    }
    fields = [(label, {"field": empty[name]}) for name, label in labels.items()]
    fields += [
        (_("%(kind)s, with a mistake") % {"kind": labels[name]}, {"field": wrong[name]})
        for name in ("name", "way", "agree")
    ]
    when = _("The label stands above, help below it, and the mistake right before what has to be changed.")
    summary = _("First on a page that came back with mistakes. Each line leads to its field.")
    return [
        ("field", _("Field"), when, fields),
        ("error_summary", _("Summary of mistakes"), summary, [("", {"form": wrong})]),
        ("search_form", _("Search"), _("On pages where somebody is lost."), [("", {})]),
    ]


def _states() -> list[Listed]:
    tones = {
        "info": _("Something to know"),
        "success": _("It worked"),
        "warning": _("Take care"),
        "error": _("It did not work"),
    }
    notices = [
        (tone, {"tone": tone, "title": title, "text": _("One sentence, and what to do next.")})
        for tone, title in tones.items()
    ]
    activity = {
        "done": _("Done"),
        "passed": _("Passed"),
        "started": _("Started"),
        "open": _("Open"),
        "not_passed": _("Not passed yet"),
        "locked": _("Locked"),
        "no_tries": _("No tries left"),
    }
    certificate = ("valid", "corrected", "suspended", "expired", "revoked", "erased")
    progress = [
        (
            str(done),
            {"label": _("Your way through the course"), "percent": done * 20, "done": done, "total": 5},
        )
        for done in (0, 2, 5)
    ]
    steps = [
        {"slot": slot, "url": "#", "is_answered": slot < CURRENT, "is_current": slot == CURRENT}
        for slot in range(1, 6)
    ]
    return [
        ("notice", _("Notice"), _("What happened, or what to know. Never only a colour."), notices),
        (
            "status",
            _("State"),
            _("An icon and a word beside an activity."),
            [(name, {"state": name, "label": label}) for name, label in activity.items()],
        ),
        (
            "status_icon",
            _("State of a certificate"),
            _("The words stand beside it on the page that checks certificates."),
            [(name, {"status": name}) for name in certificate],
        ),
        ("progress", _("Progress"), _("How far somebody is, in words and as a bar."), progress),
        (
            "question_steps",
            _("Questions of a quiz"),
            _("Where somebody is in a quiz, and what is answered."),
            [("", {"steps": steps})],
        ),
    ]


def _lists() -> list[Listed]:
    course = {
        "title": _("Working with self-help groups"),
        "url": "#",
        "one_line": _("What groups are, and how to be a good neighbour to them."),
        "minutes_sentence": _("about 1 hour"),
        "cost_sentence": _("Free"),
        "stage_count": 3,
        "is_open": True,
        "open_sentence": _("Start any time"),
        "topics": [_("Self-help")],
    }
    shut = {**course, "is_open": False, "open_sentence": _("Opens on 4 January"), "topics": []}
    summary = {
        "title": _("A published study"),
        "one_line": _("What it found."),
        "url": "#",
        "year": 2020,
        "venue": _("Name of a journal"),
    }
    activities = [
        {"title": _("People helping each other"), "kind": "lesson", "kind_label": _("Lesson"), "minutes": 12,
         "state": "done", "state_label": _("Done"), "is_required": True, "url": "#"},
        {"title": _("What do you know now?"), "kind": "quiz", "kind_label": _("Quiz"), "minutes": 10,
         "state": "open", "state_label": _("Open"), "is_required": False, "url": "#"},
    ]  # fmt: skip
    stage = {
        "number": 1,
        "title": _("What self-help is"),
        "summary": _("The first stage."),
        "time_sentence": _("about 20 minutes"),
        "is_open": True,
        "done": 1,
        "total": 2,
        "sentence": _("One activity is left."),
        "activities": activities,
    }
    locked = {
        **stage,
        "number": 2,
        "is_open": False,
        "lock_sentence": _("This stage opens when you have finished stage 1."),
        "activities": [{**one, "state": "locked", "state_label": _("Locked")} for one in activities],
    }
    facts = [(_("Time"), _("about 1 hour")), (_("Cost"), _("Free"))]
    kinds = [
        (_("Lesson"), {"kind": "lesson", "kind_label": _("Lesson"), "minutes": 12}),
        (_("Quiz"), {"kind": "quiz", "kind_label": _("Quiz")}),
    ]
    return [
        (
            "course_card",
            _("Course"),
            _("A course in a list. The whole card answers to a press."),
            [(_("Open"), {"course": course, "level": 3}), (_("Not open yet"), {"course": shut, "level": 3})],
            "cards",
        ),
        ("summary_item", _("Research summary"), _("A summary in a list."),
         [("", {"summary": summary, "level": 3})], "entries"),
        ("stage_outline", _("Stage, for visitors"), _("What a stage holds, before anybody joins."),
         [("", {"stage": stage})], "stages"),
        ("stage_progress", _("Stage, for learners"), _("The same with what is done and what is locked."),
         [(_("Open"), {"stage": stage, "print_url": "#"}), (_("Locked"), {"stage": locked})], "stages"),
        ("activity_kind", _("Kind of activity"), _("What it is, and how long it takes."), kinds),
        ("facts", _("Facts"), _("Short answers, each with its name."), [("", {"facts": facts})]),
        ("ticks", _("Ticks"), _("Short statements that are all true."),
         [("", {"items": [_("Say what a group is"), _("Ask before you help")]})]),
    ]  # fmt: skip


def _ways() -> list[Listed]:
    trail = {"here": _("This page"), "trail": [{"title": _("Courses"), "url": "#"}]}
    return [
        (
            "breadcrumbs",
            _("Where this page is"),
            _("At the top of every page."),
            [("", trail)],
        ),
        (
            "ways_on",
            _("Ways on"),
            _("For somebody who did not find what they came for."),
            [("", {})],
        ),
        ("contact", _("Contact"), _("How to reach people when nothing else helps."), [("", {})]),
        ("mark", _("Mark"), _("The site’s own sign, beside its name."), [("", {})]),
    ]
