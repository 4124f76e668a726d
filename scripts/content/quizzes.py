"""What is wrong with a quiz: too few questions, missing feedback, wrong number of keys, a pattern in them."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from scripts.content import prose
from scripts.content.sources import Library, Problem, Stage, Values, Words, words_of_markdown

QUIZ = {
    "title",
    "slug",
    "intro",
    "minutes",
    "pass_mark_percent",
    "attempts_allowed",
    "time_limit_minutes",
} | {
    "questions",
    "made_up",
    "sample_size",
}
QUESTION = {"text", "kind", "options", "feedback", "must_be_right"}
OPTION = {"text", "right", "feedback"}
KINDS = ("single", "multiple", "true_false")
FEWEST_QUESTIONS = 8
OF_ALL = re.compile(r"\b(?:all|none|both|neither) of (?:the|these|them)(?: above)?\b\W*$", re.IGNORECASE)
COUNTS = dict(
    enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ]
    )
)
OF_THE = re.compile(r"\b(\w+) of (?:the |its |these )?(\w+)\b", re.IGNORECASE)
LONGEST_RUN = 3
FEWEST_OF_MULTIPLE = 2
ENOUGH_FOR_A_PATTERN = 4


def problems(library: Library, stage: Stage) -> Iterator[Problem]:
    """Everything about the quiz of a stage."""
    quiz = stage.quiz
    if quiz is None:
        return
    yield from _about(quiz)
    questions = quiz.about.get("questions") or []
    if len(questions) < FEWEST_QUESTIONS:
        yield Problem(quiz.path, quiz.line("questions"), f"{len(questions)} questions. 8 are the fewest.")
    for number, question in enumerate(questions):
        yield from _question(quiz, number, question)
    yield from _pattern(quiz, questions)
    yield from prose.problems(library, quiz.path, words_of(quiz), people=quiz.about.get("made_up", ()))


def words_of(quiz: Values) -> list[Words]:
    """Everything that somebody who takes the quiz may read."""
    about = quiz.about
    found = [*words_of_markdown(str(about.get("intro", "")), quiz.line("intro"))]
    for number, question in enumerate(about.get("questions") or []):
        way: tuple[str | int, ...] = ("questions", number)
        found += _plain(question.get("text"), quiz.line(*way, "text"))
        for place, option in enumerate(question.get("options") or []):
            for name in ("text", "feedback"):
                found += _plain(option.get(name), quiz.line(*way, "options", place, name))
        found += _plain(question.get("feedback"), quiz.line(*way, "feedback"))
    return found


def _plain(text: Any, line: int) -> list[Words]:
    words = " ".join(str(text or "").split())
    return [Words(line, "paragraph", words)] if words else []


def _about(quiz: Values) -> Iterator[Problem]:
    about = quiz.about
    for name in ("title", "slug", "intro", "minutes", "pass_mark_percent", "questions"):
        if not about.get(name):
            yield Problem(quiz.path, 1, f"“{name}” is missing.")
    for name in set(about) - QUIZ:
        yield Problem(quiz.path, quiz.line(name), f"“{name}” is not known here.")
    if "attempts_allowed" not in about:
        yield Problem(quiz.path, 1, "“attempts_allowed” is missing (null means as often as you like).")
    yield from _numbers_of_intro(quiz)


def _numbers_of_intro(quiz: Values) -> Iterator[Problem]:
    """The introduction says how many questions there are, and how many must be right."""
    intro, line = str(quiz.about.get("intro", "")), quiz.line("intro")
    count, mark = len(quiz.about.get("questions") or []), int(quiz.about.get("pass_mark_percent") or 0)
    if not re.search(rf"\b(?:{count}|{COUNTS.get(count, count)})\b", intro, re.IGNORECASE):
        yield Problem(quiz.path, line, f"The introduction does not say that there are {count} questions.")
    for percent in re.findall(r"(\d+)\s?(?:%|per cent)", intro):
        if int(percent) != mark:
            yield Problem(quiz.path, line, f"The introduction says {percent}%, but the pass mark is {mark}%.")
    numbers = {word: number for number, word in COUNTS.items()}
    for right, of in OF_THE.findall(intro):
        told, all_of = (numbers.get(w.lower(), int(w) if w.isdigit() else None) for w in (right, of))
        if told is not None and all_of == count and told != (needed := math.ceil(mark * count / 100)):
            yield Problem(quiz.path, line, f"“{right} of the {of}”: {mark}% of {count} is {needed}.")


def _question(quiz: Values, number: int, question: dict[str, Any]) -> Iterator[Problem]:
    line = quiz.line("questions", number)
    for name in ("text", "kind", "options", "feedback"):
        if not question.get(name):
            yield Problem(quiz.path, line, f"Question {number + 1}: “{name}” is missing.")
    for name in set(question) - QUESTION:
        yield Problem(quiz.path, quiz.line("questions", number, name), f"“{name}” is not known here.")
    if not isinstance(question.get("must_be_right", False), bool):
        yield Problem(quiz.path, line, f"Question {number + 1}: must_be_right is true or false.")
    options = question.get("options") or []
    for place, option in enumerate(options):
        at = quiz.line("questions", number, "options", place)
        yield from _option(quiz, at, option, question.get("kind"))
    yield from _keys(quiz, number, question, options)


def _option(quiz: Values, line: int, option: dict[str, Any], kind: Any) -> Iterator[Problem]:
    for name in OPTION:
        if option.get(name) in (None, ""):
            yield Problem(quiz.path, line, f"The option's “{name}” is missing.")
    for name in set(option) - OPTION:
        yield Problem(quiz.path, line, f"“{name}” is not known here.")
    if not isinstance(option.get("right"), bool):
        yield Problem(quiz.path, line, "“right” is true or false.")
    text = str(option.get("text", ""))
    if OF_ALL.search(text):
        yield Problem(quiz.path, line, f"“{text.strip()}” is no option that tests understanding.")
    if kind == "true_false" and text not in ("True", "False"):
        yield Problem(quiz.path, line, 'The options of a true_false question are "True" and "False".')


def _keys(quiz: Values, number: int, question: dict[str, Any], options: list[Any]) -> Iterator[Problem]:
    line, name = quiz.line("questions", number), f"Question {number + 1}"
    kind, right = question.get("kind"), sum(option.get("right") is True for option in options)
    if kind not in KINDS:
        yield Problem(quiz.path, line, f"{name}: “{kind}” is no kind of question.")
    if kind in ("single", "true_false") and right != 1:
        yield Problem(quiz.path, line, f"{name}: {right} right answers. Exactly one must be right.")
    if kind == "multiple" and right < FEWEST_OF_MULTIPLE:
        yield Problem(quiz.path, line, f"{name}: {right} right answers. At least two must be right.")
    if options and right == len(options):
        yield Problem(quiz.path, line, f"{name}: no answer is wrong.")
    fewest, most = (2, 2) if kind == "true_false" else (3, 5)
    if not fewest <= len(options) <= most:
        yield Problem(quiz.path, line, f"{name}: {len(options)} options. There are {fewest} to {most}.")
    texts = [str(option.get("text")).strip().lower() for option in options]
    if len(set(texts)) < len(texts):
        yield Problem(quiz.path, line, f"{name}: two options say the same.")


def _pattern(quiz: Values, questions: list[dict[str, Any]]) -> Iterator[Problem]:
    """The place or the length of the right answer must not give it away."""
    line = quiz.line("questions")
    singles = [
        question["options"]
        for question in questions
        if question.get("kind") == "single"
        and any(o.get("right") is True for o in question.get("options") or [])
    ]
    places = [next(p for p, o in enumerate(options) if o.get("right") is True) for options in singles]
    letters = " ".join("abcde"[place] for place in places)
    if longest_run(places) > LONGEST_RUN:
        yield Problem(
            quiz.path, line, f"The right answers of single questions ({letters}) have a run of four."
        )
    place, most = Counter(places).most_common(1)[0] if places else (0, 0)
    if len(places) >= ENOUGH_FOR_A_PATTERN and most > len(places) / 2:
        yield Problem(
            quiz.path, line, f"More than half of the right answers ({letters}) are “{'abcde'[place]}”."
        )
    if len(places) >= ENOUGH_FOR_A_PATTERN and len({(b - a) % 4 for a, b in pairwise(places)}) == 1:
        yield Problem(quiz.path, line, f"The right answers ({letters}) go round in order.")
    longest = sum(is_longest(options) for options in singles)
    if singles and longest > len(singles) / 2:
        yield Problem(
            quiz.path, line, f"The right answer is the longest in {longest} of {len(singles)} questions."
        )
    answers = [
        next((str(o.get("text")) for o in q.get("options") or [] if o.get("right")), "")
        for q in questions
        if q.get("kind") == "true_false"
    ]
    if len(answers) > 1 and len(set(answers)) == 1:
        yield Problem(quiz.path, line, f"Every true or false question is {answers[0].lower()}.")


def longest_run(places: list[int]) -> int:
    """How many in a row are the same, at most."""
    longest = run = 0
    for before, place in zip([None, *places], places, strict=False):
        run = run + 1 if before == place else 1
        longest = max(longest, run)
    return longest


def is_longest(options: list[dict[str, Any]]) -> bool:
    """Whether the right answer is longer than every other."""
    lengths = {len(str(option.get("text"))): option for option in options}
    right = max(len(str(option.get("text"))) for option in options if option.get("right") is True)
    return right == max(lengths) and sum(len(str(o.get("text"))) == right for o in options) == 1
