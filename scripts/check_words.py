"""Looks for words in templates that cannot be translated, because no gettext tag holds them.

    python -m scripts.check_words          check every template
    python -m scripts.check_words FILE …   check some

Text between tags counts, and the attributes that people read or hear. E-mails and mailbox files end
in .txt: their words count too.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HELD = re.compile(r"{%-?\s*(blocktranslate|blocktrans|comment)\b.*?{%-?\s*end\1\s*-?%}", re.DOTALL)
# A block that holds the name of a style.
CLASS = re.compile(r"{%\s*block\s+\w*_class\s*%}.*?{%\s*endblock\b.*?%}", re.DOTALL)
TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
# A template that is nothing but attributes, to be included in a tag: data-name="{% translate … %}".
ATTRIBUTES = re.compile(
    r"""\A(?:{#[^#]*#}|{%\s*load\b[^%]*%}|\s+|data-[\w-]+="{%\s*translate\b[^%]*%}")+\Z""", re.DOTALL
)
# A value given to an included component: with label="Words".
GIVEN = re.compile(r"{%\s*include\b.*?%}", re.DOTALL)
WORDS_GIVEN = re.compile(r'\b(?:label|text|title|heading|sentence|caption|lead|eyebrow)="[^"]*[A-Za-z]{2}')
LETTERS = re.compile(r"[A-Za-z]{2}")
# The end of an address that a tag began.
PLACE = re.compile(r"#[\w-]+")
READ_OR_HEARD = frozenset({"alt", "aria-label", "aria-description", "placeholder", "title", "content"})
# What has no words of its own: styles, programs, drawings, and addresses in <meta>.
SILENT = frozenset({"style", "script", "code", "svg"})
NO_WORDS = frozenset({"viewport", "color-scheme", "robots", "theme-color", "referrer"})


class Reader(HTMLParser):
    """Gathers the words that a page would show whatever its language."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        given = dict(attrs)
        if given.get("name") in NO_WORDS or "http-equiv" in given or "property" in given:
            return
        for name, value in attrs:
            if name in READ_OR_HEARD and value and LETTERS.search(value):
                self.found.append((self.getpos()[0], f'{name}="{value}"'))

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT and self._silent:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent and LETTERS.search(PLACE.sub("", data)):
            skipped = data[: len(data) - len(data.lstrip())].count("\n")
            self.found.append((self.getpos()[0] + skipped, " ".join(data.split())))


def _blank(match: re.Match[str]) -> str:
    """Keep the lines, so that their numbers stay right."""
    return "\n" * match.group().count("\n")


def words(text: str) -> Iterator[tuple[int, str]]:
    """Give the line and the words of everything that cannot be translated."""
    text = ATTRIBUTES.sub(_blank, CLASS.sub(_blank, HELD.sub(_blank, text)))
    for match in GIVEN.finditer(text):
        if found := WORDS_GIVEN.search(match.group()):
            yield text.count("\n", 0, match.start()) + 1, found.group()
    reader = Reader()
    reader.feed(TAG.sub(_blank, text))
    reader.close()
    yield from reader.found


def templates() -> list[Path]:
    """List our templates."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "templates"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def main(names: list[str]) -> int:
    """Say what was found; 1 when there was anything."""
    found = 0
    for path in [Path(name) for name in names] or templates():
        for line, text in words(path.read_text()):
            found += 1
            print(f"{path.relative_to(ROOT) if path.is_absolute() else path}:{line}: {text[:100]}")
    if found:
        print(
            f"{found} texts cannot be translated. Put them into {{% translate %}} or {{% blocktranslate %}}."
        )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
