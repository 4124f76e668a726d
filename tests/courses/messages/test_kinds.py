"""Every kind of message: it has words, and its words are such as staff may write."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from cms.core.reading import remarks_on_text
from courses.actions import message_words
from courses.messages import kinds, writing
from courses.messages.kinds import KindUnknown, MessageKind, Said
from courses.queries.message_words import standard_words

KINDS = pytest.mark.parametrize("kind", kinds.all_kinds(), ids=lambda kind: kind.name)
COURSES = Path(settings.BASE_DIR) / "courses"


def example_of(kind: MessageKind, **more: str) -> Said:
    words = {name: f"[{name}]" for name in kind.placeholders}
    return Said({**words, **more}, "/learning/")


@KINDS
def test_the_standard_words_are_such_as_staff_may_write(kind: MessageKind) -> None:
    subject, body = standard_words(kind)
    if kind.name in ("certificate_issued", "certificate_corrected", "enrolled"):
        return  # Written before links had words of their own.
    if kind.name.startswith("question_"):
        return
    assert message_words.wrong_with(kind=kind, subject=subject, body=body) == {}


@KINDS
def test_nothing_but_the_words_of_the_site_stands_in_a_subject(kind: MessageKind) -> None:
    said = example_of(kind)
    first = writing.write(kind, said=said, name="Canaryname")
    assert first.subject
    assert "[" not in first.subject
    assert "Canaryname" not in first.subject


@KINDS
def test_text_and_html_say_the_same(kind: MessageKind) -> None:
    found = writing.write(kind, said=example_of(kind), name="Ada & <b>Bea</b>")
    for part in writing.parts(found.text):
        for line in part.lines:
            escaped = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            assert escaped in found.html
        assert part.url in found.html
    for remote in ("<img", "<script", "src=", "url(", "@import", "<link"):
        assert remote not in found.html
    assert "<b>" not in found.html


@KINDS
def test_the_words_are_easy_to_read(kind: MessageKind) -> None:
    subject, body = standard_words(kind)
    prose = [line for line in body.splitlines() if line and "{" not in line and not line.endswith(":")]
    assert "!" not in subject + body
    assert remarks_on_text("\n\n".join(prose)) == []


def names_told() -> set[str]:
    """Every kind that is named as text where something is told."""
    found = set()
    for path in (COURSES / "actions").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("tell.later", "tell.address_later"):
                for keyword in node.keywords:
                    if keyword.arg == "kind" and isinstance(keyword.value, ast.Constant):
                        found.add(str(keyword.value.value))
    return found


def test_whatever_is_told_has_words() -> None:
    known = {kind.name for kind in kinds.all_kinds()}
    assert names_told() - known == set()


def test_a_kind_that_nobody_wrote_is_refused() -> None:
    with pytest.raises(KindUnknown):
        kinds.find("no-such-kind")


VARIABLE = re.compile(r"\{\{ *(\w+) *\}\}|\{% *if (\w+) *%\}")


@KINDS
def test_the_words_use_no_placeholder_that_the_kind_does_not_give(kind: MessageKind) -> None:
    """A name that nobody fills would leave a hole in a sentence, and no error."""
    source = get_template(kind.template).template.source
    used = {name for pair in VARIABLE.findall(source) for name in pair if name}
    assert used - {*writing.allowed(kind), "person_name"} == set()
