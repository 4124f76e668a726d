"""What is wrong with a lesson or with its easy-read version."""

import re
from collections.abc import Iterator

from cms.core.reading import HEADING, RUNNING, words
from cms.core.svg import harm_in
from scripts.content import claims, prose
from scripts.content.sources import Course, Library, Problem, Source, Stage

NEEDED = ("title", "slug", "minutes", "summary")
KNOWN = {*NEEDED, "made_up", "only_with_meetings", "minutes_with_meetings"}
WITH_MEETINGS = "minutes_with_meetings"
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
CONTAINERS = {"callout", "activity", "quote", "steps", "accordion", "image", "download"}
PICTURES = {"image", "row"}
# The fewest and the most words of a lesson, by the code of the course.
LENGTHS = {"OPAR": (250, 700)}
LENGTH = (400, 900)
WORDS_A_MINUTE = 100
MINUTES_OFF = 2
# There is nothing to guess where only words are left.
MINUTES_OFF_ALONE = 1
COUNTING = """
    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
"""
NUMBERS = COUNTING.split()
COUNTED = {name: number for number, name in enumerate(NUMBERS, start=1)} | {
    "twenty": 20,
    "twenty-five": 25,
    "thirty": 30,
    "forty": 40,
    "an hour": 60,
    "half an hour": 30,
}
MINUTES = re.compile(
    r"\b(\d+|[a-z]+(?:-[a-z]+)?)(?: to (\d+|[a-z-]+)| or (\d+|[a-z-]+))? minutes?\b", re.IGNORECASE
)


def problems(library: Library, course: Course, lesson: Source) -> Iterator[Problem]:
    """Everything about one lesson."""
    yield from _front_matter(lesson)
    yield from _length(course, lesson)
    yield from _blocks(course, lesson)
    yield from _minutes(lesson)
    yield from _minutes_with_meetings(lesson)
    yield from claims.problems(lesson)
    yield from prose.source_problems(library, lesson)


def _front_matter(lesson: Source) -> Iterator[Problem]:
    for name in NEEDED:
        if not lesson.about.get(name):
            yield Problem(lesson.path, 1, f"“{name}” is missing.")
    for name in set(lesson.about) - KNOWN:
        yield Problem(lesson.path, lesson.lines.get((name,), 1), f"“{name}” is not known here.")
    if not SLUG.fullmatch(str(lesson.about.get("slug", ""))):
        yield Problem(
            lesson.path, lesson.lines.get(("slug",), 1), "A slug has small letters, digits and hyphens."
        )


def word_count(lesson: Source) -> int:
    """The words in paragraphs and lists, those of containers too; headings and titles do not count."""
    return sum(len(words(said.text)) for said in lesson.words if said.kind in RUNNING)


def _length(course: Course, lesson: Source) -> Iterator[Problem]:
    fewest, most = LENGTHS.get(course.code, LENGTH)
    if not fewest <= (count := word_count(lesson)) <= most:
        yield Problem(lesson.path, 1, f"The lesson has {count} words. It should have {fewest} to {most}.")


def _blocks(course: Course, lesson: Source) -> Iterator[Problem]:
    found = [part for part in lesson.parts if part.kind == "activity"]
    if len(found) != 1:
        yield Problem(lesson.path, 1, f"The lesson has {len(found)} activities. It should have one.")
    if sum(part.kind == "image" for part in lesson.parts) > 1:
        yield Problem(lesson.path, 1, "The lesson has more than one picture.")
    yield from containers(lesson)
    yield from pictures(course, lesson)


def containers(lesson: Source) -> Iterator[Problem]:
    """Headings with nothing below them, and containers that are not known or not filled."""
    for part, after in zip(lesson.parts, [*lesson.parts[1:], None], strict=True):
        is_heading = part.kind in ("2", "3")
        if is_heading and (after is None or (after.kind in ("2", "3") and after.kind <= part.kind)):
            yield Problem(lesson.path, part.line, f"Nothing stands below “{part.title}”.")
        if is_heading or part.kind == "paragraph":
            continue
        if part.kind not in CONTAINERS:
            yield Problem(lesson.path, part.line, f"“:::{part.kind}” is not known.")
        elif part.kind != "image" and not part.text.strip():
            yield Problem(lesson.path, part.line, f"“:::{part.kind}” is empty.")
        if not part.title and part.kind != "accordion":
            yield Problem(lesson.path, part.line, f"“:::{part.kind}” has no title.")


def pictures(course: Course, source: Source) -> Iterator[Problem]:
    """Pictures without words, that are not there, or that are more than drawings."""
    for part in source.parts:
        name, _bar, alt = (piece.strip() for piece in part.title.partition("|"))
        if part.kind not in PICTURES or (part.kind == "row" and not name):
            continue
        yield from prose.alt_text(source.path, part.line, alt)
        drawing = course.folder / "pictures" / f"{name}.svg"
        if not drawing.is_file():
            yield Problem(source.path, part.line, f"The picture “{name}” is not there.")
        elif harm := harm_in(drawing.read_bytes()):
            yield Problem(drawing, 1, str(harm))


def activity_minutes(lesson: Source) -> int | None:
    """How long the activity says it takes; the longer of “10 to 15 minutes”. None when it does not say."""
    text = " ".join(said.text for said in lesson.words if said.inside == "activity" and said.kind != HEADING)
    found = 0
    for first, to, either in MINUTES.findall(text.lower()):
        for number in (first, to, either):
            found = max(found, int(number) if number.isdigit() else COUNTED.get(number, 0))
        if found:
            return found
    return 60 if "an hour" in text and "half an hour" not in text else 30 if "half an hour" in text else None


def _minutes(lesson: Source) -> Iterator[Problem]:
    line = lesson.lines.get(("minutes",), 1)
    doing = activity_minutes(lesson)
    if doing is None:
        yield Problem(lesson.path, line, "The activity does not say how many minutes to take.")
        return
    count, said = word_count(lesson), lesson.about.get("minutes")
    likely = round(count / WORDS_A_MINUTE) + doing
    if isinstance(said, int) and abs(said - likely) > MINUTES_OFF:
        yield Problem(
            lesson.path,
            line,
            f"{said} minutes: {count} words and {doing} minutes of activity make about {likely}.",
        )


def _minutes_with_meetings(lesson: Source) -> Iterator[Problem]:
    """Where people meet, the activity is done there or left to them: only the words are counted."""
    if WITH_MEETINGS not in lesson.about:
        return
    said = lesson.about[WITH_MEETINGS]
    text = [found for found in lesson.words if found.kind in RUNNING and found.inside != "activity"]
    count = sum(len(words(found.text)) for found in text)
    likely = round(count / WORDS_A_MINUTE)
    if not isinstance(said, int) or abs(said - likely) > MINUTES_OFF_ALONE:
        yield Problem(
            lesson.path,
            lesson.lines.get((WITH_MEETINGS,), 1),
            f"{said} minutes with meetings: {count} words without the activity make about {likely}.",
        )


def easy_read_problems(library: Library, course: Course, stage: Stage, easy: Source) -> Iterator[Problem]:
    """Everything about the easy-read version of a lesson."""
    of = easy.about.get("of")
    lesson = next((one for one in stage.lessons if f"{one.path.stem}.easy-read" == easy.path.stem), None)
    if lesson is None:
        yield Problem(easy.path, 1, "There is no lesson beside this easy-read version.")
    elif of != lesson.about.get("slug"):
        yield Problem(easy.path, 1, f"“of” should be {lesson.about.get('slug')}.")
    if not any(part.kind == "row" for part in easy.parts):
        yield Problem(easy.path, 1, "An easy-read version has rows (:::row picture | what can be seen).")
    for part in easy.parts:
        if part.kind not in ("row", "2", "3"):
            yield Problem(easy.path, part.line, "Only headings and rows may stand here.")
        elif part.kind == "row" and not part.text.strip():
            yield Problem(easy.path, part.line, "The row is empty.")
    yield from pictures(course, easy)
    yield from prose.easy_sentences(easy.path, [said for said in easy.words if said.kind != HEADING])
    yield from prose.source_problems(library, easy)
