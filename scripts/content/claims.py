"""Claims about research need a source.

The rule, in words. In a lesson, a sentence makes a claim when it

- names a group, project, funder or author of the research pages (SE-SURG, ESTEEM, Boyce ...), or
- says what research, a study, a survey, researchers or evidence found or shows, or
- gives a percentage, or counts what was studied (21 groups, 82 interviews) beside such a word.

The section it stands in (from one ## to the next) must then link to a research page. Sections that say
"imagine", "suppose", "made up" or "for example" may speak of studies in general, but not name real ones.
In a quiz, where there are no links, a real one may be named only if a lesson of the stage links to research.
"""

import re
from collections.abc import Iterator

from cms.core.reading import sentences
from scripts.content.sources import Problem, Source, Stage, Words

NAMED = re.compile(
    r"\b(?:ESTEEM|MIME|NERN|SE-SURG|WhyNot|Innovatory Features|North Essex Research Network|"
    r"South Essex Service User|Anglia Ruskin|Self Help Nottingham|Mental Health Foundation|Big Lottery|"
    r"SCIE|Advocacy Really Works|Big Ideas for the Future|Anghel|Borkman|Boyce|Gelling|Karlsson|Moules|"
    r"Munn-Giddings|O['’]Brien|Secker|Seebohm|Visram|Pavia)\b"
)
FOUND = re.compile(
    r"\b(?:research|stud(?:y|ies)|surveys?|researchers|evidence|findings?)\b"
    r"(?:\s+(?:has|have|also|often|now|that|from|in|of|with|on|\w+ly))*"
    r"\s+(?:found|finds?|shows?|showed|shown|suggests?|suggested|proves?|proved|tells? us|says? that|"
    r"confirms?)\b",
    re.IGNORECASE,
)
COUNTED = re.compile(
    r"\b\d+(?:\.\d+)?\s?(?:%|per cent)|"
    r"\b\d+ (?:groups|people|interviews|organisations|studies|members|researchers)\b",
    re.IGNORECASE,
)
STUDIED = re.compile(r"\b(?:study|studies|survey|research|researchers|project|evaluation)\b", re.IGNORECASE)
IMAGINED = re.compile(
    r"\b(?:imagine|imagined|suppose|pretend|made[ -](?:this|these|it|them)?\s?up|for example|say you)\b", re.I
)
RESEARCH = "page:research/"
NOT_FOUND = re.compile(r"\b(?:not|never|cannot|can't|no)\b", re.IGNORECASE)


def problems(lesson: Source) -> Iterator[Problem]:
    """The claims of a lesson whose section links to no research page."""
    sections: dict[int, list[Words]] = {}
    for said in lesson.words:
        sections.setdefault(said.section, []).append(said)
    for section in sections.values():
        if any(address.startswith(RESEARCH) for said in section for address, _words in said.links):
            continue
        is_imagined = any(IMAGINED.search(said.text) for said in section)
        for said in section:
            for sentence in sentences(said.text):
                if why := claim(sentence, is_imagined=is_imagined):
                    yield Problem(
                        lesson.path,
                        said.line,
                        f"{why}, and its section links to no research page: “{sentence[:90]}”",
                    )


def claim(sentence: str, *, is_imagined: bool) -> str:
    """Why a sentence is a claim about research; nothing if it is none."""
    if found := NAMED.search(sentence):
        return f"“{found[0]}” is named"
    if is_imagined or sentence.endswith("?"):
        return ""
    if found := FOUND.search(sentence):
        return "" if NOT_FOUND.search(sentence) else f"“{found[0]}” says what was found"
    if (found := COUNTED.search(sentence)) and STUDIED.search(sentence):
        return f"“{found[0]}” counts what was studied"
    return ""


def quiz_problems(stage: Stage) -> Iterator[Problem]:
    """Real studies named in a quiz of a stage whose lessons link to none."""
    if stage.quiz is None or any(
        address.startswith(RESEARCH)
        for lesson in stage.lessons
        for said in lesson.words
        for address, _ in said.links
    ):
        return
    for number, question in enumerate(stage.quiz.about.get("questions") or []):
        if found := NAMED.search(str(question)):
            line = stage.quiz.line("questions", number)
            yield Problem(
                stage.quiz.path, line, f"“{found[0]}” is named, and no lesson of the stage links to research."
            )
