"""What is wrong with a live session or with coursework."""

from collections.abc import Iterator

from cms.core import reading
from scripts.content import claims, lessons, prose
from scripts.content.sources import Course, Library, Problem, Source, Words, words_of_markdown

SESSION = ("title", "slug", "participatory_minutes", "summary")
COURSEWORK = ("title", "slug", "minutes", "looks_for")
BOTH = {"summary", "made_up", "only_with_meetings"}
KNOWN_OF_SESSION = {*SESSION, *BOTH, "self_directed_minutes", "make_up"}
KNOWN_OF_COURSEWORK = {*COURSEWORK, *BOTH, "takes_text", "takes_files"}
SESSION_LENGTH, COURSEWORK_LENGTH, MAKE_UP_LENGTH = (120, 450), (100, 450), (40, 160)


def session_problems(library: Library, course: Course, session: Source) -> Iterator[Problem]:
    """Everything about one live session."""
    yield from _front_matter(session, SESSION, KNOWN_OF_SESSION)
    yield from _number(session, "participatory_minutes")
    yield from _length(session, "session", lessons.word_count(session), SESSION_LENGTH)
    task = list(_besides(session, "make_up"))
    if task:
        yield from _length(session, "make-up task", _count(task), MAKE_UP_LENGTH, "make_up")
    yield from _words(library, course, session, task)


def coursework_problems(library: Library, course: Course, work: Source) -> Iterator[Problem]:
    """Everything about one piece of coursework."""
    yield from _front_matter(work, COURSEWORK, KNOWN_OF_COURSEWORK)
    yield from _number(work, "minutes")
    for name in ("takes_text", "takes_files"):
        if not isinstance(work.about.get(name), bool):
            yield Problem(work.path, work.lines.get((name,), 1), f"“{name}” is true or false.")
    if not (work.about.get("takes_text") or work.about.get("takes_files")):
        yield Problem(work.path, 1, "The coursework can be handed in in no form.")
    yield from _length(work, "coursework", lessons.word_count(work), COURSEWORK_LENGTH)
    yield from _words(library, course, work, list(_besides(work, "looks_for")))


def _front_matter(source: Source, needed: tuple[str, ...], known: set[str]) -> Iterator[Problem]:
    for name in needed:
        if not source.about.get(name):
            yield Problem(source.path, 1, f"“{name}” is missing.")
    for name in sorted(set(source.about) - known):
        yield Problem(source.path, source.lines.get((name,), 1), f"“{name}” is not known here.")
    if not lessons.SLUG.fullmatch(str(source.about.get("slug", ""))):
        line = source.lines.get(("slug",), 1)
        yield Problem(source.path, line, "A slug has small letters, digits and hyphens.")


def _number(source: Source, name: str) -> Iterator[Problem]:
    said = source.about.get(name)
    if said is not None and (not isinstance(said, int) or said < 1):
        yield Problem(source.path, source.lines.get((name,), 1), f"“{name}” is a number of minutes.")


def _length(
    source: Source, what: str, count: int, limits: tuple[int, int], name: str = ""
) -> Iterator[Problem]:
    fewest, most = limits
    if not fewest <= count <= most:
        line = source.lines.get((name,), 1)
        yield Problem(source.path, line, f"The {what} has {count} words. It should have {fewest} to {most}.")


def _besides(source: Source, name: str) -> Iterator[Words]:
    """The words of a text in the front matter: it begins on the line below its name."""
    said = source.about.get(name)
    if isinstance(said, str):
        yield from words_of_markdown(said, source.lines.get((name,), 1) + 1)


def _count(words: list[Words]) -> int:
    return sum(len(reading.words(said.text)) for said in words)


def _words(library: Library, course: Course, source: Source, besides: list[Words]) -> Iterator[Problem]:
    yield from lessons.containers(source)
    yield from lessons.pictures(course, source)
    yield from claims.problems(source)
    everything = [*besides, *source.words]
    yield from prose.problems(library, source.path, everything, people=source.about.get("made_up", ()))
