"""What is wrong with a course or stage as a whole, and with everything that is no course."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cms.core.reading import words
from home.demo.text import TextUnreadableError, parts
from scripts.content import claims, lessons, meetings, prose, quizzes
from scripts.content.lessons import WITH_MEETINGS
from scripts.content.sources import (
    Course,
    Library,
    Problem,
    Source,
    Stage,
    Values,
    Words,
    words_of_markdown,
    words_of_parts,
)

NEEDED = """
    code title slug one_line lead notice topics prior_knowledge is_free cost who_for outcomes
    how_to_pass about access_needs statement
"""
COURSE = NEEDED.split()
# What course.yaml and home.yaml say in plain words, and in Markdown.
PLAIN = (
    "title",
    "one_line",
    "lead",
    "notice",
    "prior_knowledge",
    "cost",
    "statement",
    "heading",
    "start_link_text",
)
MARKDOWN = ("who_for", "how_to_pass", "access_needs")
STAGE = {"title", "summary", "summary_with_meetings", "kind", "only_with_meetings"}
# The stages without a quiz, and with any number of lessons.
KINDS = ("welcome", "ending")
FEWEST_LESSONS, MOST_LESSONS = 3, 5
FEWEST_WORDS = 60
LONGEST_EASY_MEANING = 9


def problems(library: Library) -> list[Problem]:
    """Everything, in the order of files and lines."""
    found = [problem for course in library.courses for problem in _course(library, course)]
    for source in (*library.pages, *library.research):
        found += prose.source_problems(library, source)
    for source in library.research:
        found += _research(source)
    found += _home(library)
    found += _glossary(library)
    return sorted({*found, *library.problems})


def _course(library: Library, course: Course) -> Iterator[Problem]:
    values = course.values
    for name in COURSE:
        if values.about.get(name) in (None, "", []):
            yield Problem(values.path, 1, f"“{name}” is missing.")
    yield from prose.problems(library, values.path, _words_of_values(library, values))
    if values.about.get("is_planned"):
        return
    if not course.stages:
        yield Problem(values.path, 1, "The course has no stages.")
    for stage in course.stages:
        yield from _stage(library, course, stage)
    yield from _minutes(course)
    yield from _same_slugs(course)


def _minutes(course: Course) -> Iterator[Problem]:
    values = course.values
    read = [lesson for stage in course.stages for lesson in stage.lessons]
    alone = [(one.about, WITH_MEETINGS if WITH_MEETINGS in one.about else "minutes") for one in read]
    alone += [(stage.quiz.about, "minutes") for stage in course.stages if stage.quiz]
    alone += [(work.about, "minutes") for stage in course.stages for work in stage.coursework]
    meetings = [session.about for stage in course.stages for session in stage.sessions]
    alone += [(about, "self_directed_minutes") for about in meetings]
    total = sum(_whole(about.get(name)) for about, name in alone)
    if (said := values.about.get("self_directed_minutes")) != total:
        line = values.line("self_directed_minutes")
        yield Problem(
            values.path,
            line,
            f"self_directed_minutes is {said}; lessons, quizzes and coursework make {total}.",
        )
    together = sum(_whole(about.get("participatory_minutes")) for about in meetings)
    if (said := values.about.get("participatory_minutes") or 0) != together:
        line = values.line("participatory_minutes")
        yield Problem(values.path, line, f"participatory_minutes is {said}; live sessions make {together}.")
    needed = _whole(values.about.get("sessions_needed"))
    if needed > len(meetings):
        line = values.line("sessions_needed")
        yield Problem(values.path, line, f"sessions_needed is {needed}; there are {len(meetings)} sessions.")


def _whole(number: Any) -> int:
    return number if isinstance(number, int) else 0


def _same_slugs(course: Course) -> Iterator[Problem]:
    for stage in course.stages:
        slugs = Counter(text.about.get("slug") for text in stage.texts)
        for text in stage.texts:
            if slugs[text.about.get("slug")] > 1:
                yield Problem(text.path, 1, "Another lesson of this stage has the same slug.")
    titles = Counter(text.about.get("title") for stage in course.stages for text in stage.texts)
    for stage in course.stages:
        for text in stage.texts:
            if titles[text.about.get("title")] > 1:
                yield Problem(text.path, 1, "Another lesson of this course has the same title.")
    questions = Counter(question for stage in course.stages for _line, question in _questions(stage))
    for stage in course.stages:
        for line, question in _questions(stage):
            if questions[question] > 1 and stage.quiz:
                yield Problem(stage.quiz.path, line, "This question is asked twice in the course.")


def _questions(stage: Stage) -> list[tuple[int, str]]:
    if stage.quiz is None:
        return []
    asked = stage.quiz.about.get("questions") or []
    return [
        (stage.quiz.line("questions", n), " ".join(str(q.get("text")).split())) for n, q in enumerate(asked)
    ]


def _stage(library: Library, course: Course, stage: Stage) -> Iterator[Problem]:
    values = stage.values
    kind = values.about.get("kind") if values else None
    if values is not None:
        yield from _about_stage(library, values)
    path = values.path if values else stage.folder / "stage.yaml"
    if kind is None:
        if stage.quiz is None:
            yield Problem(path, 1, "The stage has no quiz (quiz.yaml).")
        if not FEWEST_LESSONS <= len(stage.lessons) <= MOST_LESSONS:
            yield Problem(path, 1, f"The stage has {len(stage.lessons)} lessons. It should have 3 to 5.")
    elif not stage.lessons:
        yield Problem(path, 1, "The stage has no lessons.")
    for lesson in stage.lessons:
        yield from lessons.problems(library, course, lesson)
    for session in stage.sessions:
        yield from meetings.session_problems(library, course, session)
    for work in stage.coursework:
        yield from meetings.coursework_problems(library, course, work)
    for easy in stage.easy:
        yield from lessons.easy_read_problems(library, course, stage, easy)
    yield from quizzes.problems(library, stage)
    yield from claims.quiz_problems(stage)


def _about_stage(library: Library, values: Values) -> Iterator[Problem]:
    for name in ("title", "summary"):
        if not values.about.get(name):
            yield Problem(values.path, 1, f"“{name}” is missing.")
    for name in set(values.about) - STAGE:
        yield Problem(values.path, values.line(name), f"“{name}” is not known here.")
    if values.about.get("kind") not in (None, *KINDS):
        yield Problem(values.path, values.line("kind"), "“kind” is welcome or ending, or not there.")
    for name in ("summary", "summary_with_meetings"):
        said = words_of_markdown(str(values.about.get(name, "")), values.line(name))
        yield from prose.problems(library, values.path, list(said))


def _words_of_values(library: Library, values: Values) -> list[Words]:
    """The words of course.yaml or home.yaml."""
    about = values.about
    found: list[Words] = []
    for name in (*PLAIN, *MARKDOWN):
        found += words_of_markdown(str(about.get(name) or ""), values.line(name))
    for place, outcome in enumerate(about.get("outcomes") or []):
        found += words_of_markdown(str(outcome), values.line("outcomes", place))
    for name in ("about", "body"):
        try:
            # The text of a | value begins on the line below its name.
            body = list(parts(str(about.get(name) or ""), values.path.name, line=values.line(name) + 1))
        except TextUnreadableError as wrong:
            library.problems.append(Problem(values.path, values.line(name), str(wrong)))
        else:
            found += words_of_parts(body)
    return found


def _home(library: Library) -> Iterator[Problem]:
    if library.home is not None:
        yield from prose.problems(library, library.home.path, _words_of_values(library, library.home))


def _glossary(library: Library) -> Iterator[Problem]:
    values = library.glossary
    if values is None:
        return
    listed = values.about.get("words") or []
    if len(listed) < FEWEST_WORDS:
        yield Problem(values.path, 1, f"The glossary has {len(listed)} words. 60 are the fewest.")
    slugs = Counter(word.get("slug") for word in listed)
    seen: dict[str, str] = {}
    for place, word in enumerate(listed):
        line = values.line("words", place)
        if slugs[word.get("slug")] > 1:
            yield Problem(values.path, line, f"“{word.get('slug')}” stands here twice.")
        for spelling in _spellings(word):
            if other := seen.get(spelling):
                yield Problem(values.path, line, f"“{spelling}” stands at “{other}” too.")
            seen[spelling] = str(word.get("term"))
        yield from _word(library, values.path, line, word)


def _spellings(word: dict[str, Any]) -> set[str]:
    found = {str(word.get("term", "")), *str(word.get("other") or "").split(",")}
    return {" ".join(spelling.lower().split()) for spelling in found if spelling.strip()}


def _word(library: Library, path: Path, line: int, word: dict[str, Any]) -> Iterator[Problem]:
    for name in ("slug", "term", "meaning", "easy"):
        if not word.get(name):
            yield Problem(path, line, f"“{name}” is missing.")
    if len(words(str(word.get("easy", "")))) > LONGEST_EASY_MEANING:
        yield Problem(path, line, "The easy meaning has more than nine words.")
    yield from prose.problems(library, path, list(words_of_markdown(str(word.get("meaning", "")), line)))


SOURCES = ("cited_as", "doi", "handle", "source", "sources", "reference")


def _research(source: Source) -> Iterator[Problem]:
    for name in ("title", "slug", "one_line"):
        if not source.about.get(name):
            yield Problem(source.path, 1, f"“{name}” is missing.")
    text = " ".join(said.text for said in source.words).lower()
    if (
        not any(source.about.get(name) for name in SOURCES)
        and "case study" not in text
        and "our source" not in text
    ):
        yield Problem(source.path, 1, "The page names no source (cited_as, doi, handle or source).")


def of_path(path: Path, chosen: list[Path]) -> bool:
    """Whether a file is one of those chosen, or inside one."""
    return not chosen or any(path == one or one in path.parents for one in chosen)
