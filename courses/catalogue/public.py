"""What a course page tells the public about an edition. Titles and times only: no learner-only text."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.catalogue.outline import Kind, Outline

MINUTES_AN_HOUR = 60

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


def kind_label(kind: Kind) -> str:
    """The word for a kind of activity."""
    return {Kind.LESSON: _("Lesson"), Kind.QUIZ: _("Quiz")}[kind]


def duration(minutes: int) -> str:
    """Minutes in words: "1 hour 5 minutes"."""
    hours, rest = divmod(minutes, MINUTES_AN_HOUR)
    parts = [
        ngettext("%d hour", "%d hours", hours) % hours if hours else "",
        ngettext("%d minute", "%d minutes", rest) % rest if rest or not hours else "",
    ]
    return " ".join(part for part in parts if part)


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


def facts(outline: Outline | None, *, cost: str) -> list[Fact]:
    """Label and value pairs, in the order people ask."""
    if outline is None:
        return [(_("Cost"), cost)]
    together = outline.participatory_minutes
    certificate = outline.certificate
    return [
        (_("Time"), _("About %s in all") % duration(outline.self_directed_minutes + together)),
        (_("Study alone"), duration(outline.self_directed_minutes)),
        (_("Live sessions"), duration(together) if together else _("None")),
        (_("Cost"), cost),
        (
            _("Accreditation"),
            certificate.accreditation or _("None. No awarding body has checked this course."),
        ),
        (_("Certificate"), certificate.kind),
        (_("Provider"), certificate.provider),
    ]
