"""What a course page tells the public about an edition. Titles and times only: no learner-only text."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cms.core.kept import kept_by_language
from courses.catalogue.durations import about, duration
from courses.catalogue.outline import Kind, Outline

__all__ = ["Fact", "PublicActivity", "PublicStage", "duration", "facts", "hours", "kind_label", "stages"]

Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PublicActivity:
    title: str
    kind: str
    kind_label: str
    minutes: int


@dataclass(frozen=True, slots=True)
class PublicStage:
    number: int
    title: str
    summary: str
    activities: tuple[PublicActivity, ...]

    @property
    def time_sentence(self) -> str:
        """How long the stage takes with everything in it; empty when that is not known."""
        minutes = sum(activity.minutes for activity in self.activities)
        return _("About %s") % about(minutes) if minutes else ""


@kept_by_language(8)
def kind_label(kind: Kind) -> str:
    """The word for a kind of activity."""
    return str(KIND_LABELS[kind])


def stage_words(number: int, title: str) -> str:
    """What a stage is called within a sentence: "stage 2". A welcome is not counted: it goes by its title."""
    return _("stage %(number)d") % {"number": number} if number else _("“%(title)s”") % {"title": title}


def stage_heading(number: int, title: str) -> str:
    """What a stage is called by itself: "Stage 2: Listening"; a welcome by its title alone."""
    return _("Stage %(number)d: %(title)s") % {"number": number, "title": title} if number else title


def stage_line(number: int, title: str) -> str:
    """The same in a list of stages: "2. Listening"."""
    return f"{number}. {title}" if number else title


KIND_LABELS = {
    Kind.LESSON: lazy("Lesson"),
    Kind.QUIZ: lazy("Quiz"),
    Kind.LIVE_SESSION: lazy("Live session"),
    Kind.COURSEWORK: lazy("Coursework"),
}


def stages(outline: Outline | None) -> tuple[PublicStage, ...]:
    """The stages and activity titles of an edition; none when nothing is published yet."""
    if outline is None:
        return ()
    return tuple(
        PublicStage(
            number=stage.number,
            title=stage.title,
            summary=stage.summary,
            activities=tuple(
                PublicActivity(
                    a.title,
                    a.kind.value,
                    kind_label(a.kind),
                    a.self_directed_minutes + a.participatory_minutes,
                )
                for a in stage.activities
            ),
        )
        for stage in outline.stages
    )


def hours(outline: Outline) -> list[Fact]:
    """How long it takes, and how much of that is alone and with others."""
    alone, together = outline.self_directed_minutes, outline.participatory_minutes
    return [
        (_("Time"), _("About %s in all") % about(alone + together)),
        (_("Study alone"), about(alone)),
        (_("Live sessions"), about(together) if together else _("None")),
    ]


def facts(outline: Outline | None, *, cost: str, accreditation: str | None = None) -> list[Fact]:
    """Label and value pairs, in the order people ask.

    `accreditation` is what the records say today; without it, what the edition froze is told.
    """
    if outline is None:
        return [(_("Cost"), cost)]
    certificate = outline.certificate
    claimed = certificate.accreditation if accreditation is None else accreditation
    return [
        *hours(outline),
        (_("Cost"), cost),
        (_("Accreditation"), claimed or _("None. No awarding body has checked this course.")),
        (_("Certificate"), certificate.kind),
        (_("Provider"), certificate.provider),
    ]
