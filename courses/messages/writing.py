"""The words of one message: subject, plain text, and the same text as calm HTML."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from cms.core import mails
from courses.messages import placeholders
from courses.messages.kinds import MessageKind, Said
from courses.messages.models import MessageTemplate

BASE = "courses/email/base.html"
FOOT = "courses/email/foot.txt"
# What an empty sentence leaves behind.
GAP = re.compile(r"\n[ \t]*\n\s*\n")
ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Written:
    """What is sent."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Part:
    """One paragraph of the HTML: its lines, and the address of a link whose words they are."""

    lines: tuple[str, ...]
    url: str = ""

    @property
    def words(self) -> str:
        """The lines as one."""
        return " ".join(self.lines)


def write(kind: MessageKind, *, said: Said, name: str, own: MessageTemplate | None = None) -> Written:
    """The message in staff's `own` words, or in the standard ones. `name` may be empty."""
    values = context_of(kind, said=said, name=name)
    subject = placeholders.fill(own.subject, values) if own else mails.words(kind.template, values)[0]
    subject = " ".join(subject.split())
    text = text_of(kind, said=said, name=name, own=own)
    if kind.is_choice:
        text = f"{text}\n{_foot(values)}"
    return Written(subject=subject, text=text, html=_html(subject, text))


def text_of(kind: MessageKind, *, said: Said, name: str, own: MessageTemplate | None = None) -> str:
    """The body alone, as plain text, without the foot of an e-mail."""
    values = context_of(kind, said=said, name=name)
    text = placeholders.fill(own.body, values) if own else mails.words(kind.template, values)[1]
    return GAP.sub("\n\n", text).strip() + "\n"


def own_words(kind: str) -> MessageTemplate | None:
    """What staff have written for a kind. One query."""
    return MessageTemplate.objects.filter(kind=kind).first()


def context_of(kind: MessageKind, *, said: Said, name: str) -> dict[str, str]:
    """The value of every placeholder. Names and titles are one line, so that none passes for a link."""
    name = one_line(name)
    lines = {
        key: one_line(text) if key.endswith(("_name", "_title")) else text for key, text in said.words.items()
    }
    return {
        kind.reader: name,
        **lines,
        "person_name": name,
        "site_name": settings.SITE_NAME,
        "url": full(said.url),
    }


def one_line(text: str) -> str:
    """Without line breaks and doubled spaces."""
    return " ".join(text.split())


def full(url: str) -> str:
    """The whole address, always on the configured host."""
    return settings.SITE_URL + url if url.startswith("/") else url


def _foot(values: Mapping[str, str]) -> str:
    choices = {"choices_url": settings.SITE_URL + reverse("learning:reminders")}
    return render_to_string(FOOT, {**values, **choices}).strip() + "\n"


def _html(subject: str, text: str) -> str:
    context = {"subject": subject, "parts": list(parts(text)), "site_name": settings.SITE_NAME}
    return render_to_string(BASE, context)


def parts(text: str) -> Iterator[Part]:
    """The paragraphs of a plain text. "Words:" with an address on the next line are the words of a link.

    Only addresses of this site are made links: what people write cannot lead elsewhere in our name.
    """
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in paragraph.splitlines()]
        if ADDRESS.fullmatch(lines[-1]) and lines[-1].startswith(f"{settings.SITE_URL}/"):
            words = " ".join(lines[:-1]).rstrip(":") or lines[-1]
            yield Part(lines=(words,), url=lines[-1])
        else:
            yield Part(lines=tuple(lines))


def example(kind: MessageKind) -> dict[str, Any]:
    """Every placeholder standing for itself: with these, the standard words can be edited."""
    names = allowed(kind)
    return {**{name: f"{{{name}}}" for name in names}, "person_name": f"{{{kind.reader}}}"}


def allowed(kind: MessageKind) -> tuple[str, ...]:
    """The placeholders that staff's words may have."""
    return tuple(dict.fromkeys((kind.reader, *kind.placeholders, "site_name", "url")))
