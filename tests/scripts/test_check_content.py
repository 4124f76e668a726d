"""The check of the content: every rule is broken once, and found with its file and line."""

from pathlib import Path

import pytest

from scripts import check_content
from scripts.content import claims, quizzes, whole
from scripts.content.prose import strangers
from scripts.content.sources import Library
from tests.factories import texts
from tests.factories.texts import LESSON_FILE, QUIZ_FILE

COURSE_FILE = "courses/small/course.yaml"
STAGE_FILE = "courses/small/1-peers/stage.yaml"
EASY_FILE = "courses/small/1-peers/01-what-a-peer-is.easy-read.md"
WELCOME_FILE = "courses/small/0-welcome/stage.yaml"
LONG = (
    "This sentence goes on and on " + "and on " * 14 + "until nobody can remember at all how it once began."
)


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return texts.write(tmp_path / "content")


def told(content: Path) -> list[str]:
    found = whole.problems(Library(content))
    return [f"{one.path.relative_to(content)}:{one.line}: {one.sentence}" for one in found]


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        # The front matter and the shape of a lesson
        (LESSON_FILE, "summary: What the word means.\n", "", ":1: “summary” is missing."),
        (LESSON_FILE, "minutes: 5\n", "minutes: 5\ncolour: red\n", ":5: “colour” is not known here."),
        (LESSON_FILE, "slug: what-a-peer-is", "slug: What", ":3: A slug has small letters"),
        (LESSON_FILE, "title: What", "title: [What", ":3: 01-what-a-peer-is.md, line 3"),
        (LESSON_FILE, "minutes: 5", "minutes: 15", ":4: 15 minutes: "),
        (
            LESSON_FILE,
            "Take five minutes.",
            "Take your time.",
            ":4: The activity does not say how many minutes",
        ),
        (LESSON_FILE, ":::activity", ":::callout", ":1: The lesson has 0 activities"),
        (LESSON_FILE, "Take five minutes.\n", "", ":13: “:::activity” is empty."),
        (LESSON_FILE, "\n:::activity", "\n## Nothing\n\n## Else\n\n:::activity", ":13: Nothing stands below"),
        (LESSON_FILE, "\n:::activity", "\n### Small\n\nWords.\n\n:::activity", ":13: A ### stands here"),
        (
            LESSON_FILE,
            "\n:::activity",
            "\n:::odd A title\nWords.\n:::\n\n:::activity",
            ":13: “:::odd” is not known.",
        ),
        (LESSON_FILE, "Take five minutes.\n:::", "Take five minutes.", "“:::activity” is not closed"),
        # Links and pictures
        (LESSON_FILE, "page:)", "page:nowhere)", ":7: There is no page “nowhere” to link to."),
        (LESSON_FILE, "glossary:peer", "glossary:pier", ":7: There is no word “pier” in the glossary."),
        (LESSON_FILE, "page:)", "file.html)", ":7: “file.html” is not an address"),
        (LESSON_FILE, "[home](page:)", "[here](page:)", ":7: A link must say where it leads"),
        (LESSON_FILE, ":::image dot |", ":::image spot |", ":9: The picture “spot” is not there."),
        (LESSON_FILE, " | A round spot.", "", ":9: The picture has no words"),
        (LESSON_FILE, "A round spot.", "A spot. " * 30, ":9: The words for the picture have"),
        ("courses/small/pictures/dot.svg", "<circle", "<script/><circle", ":1: This drawing holds something"),
        # Words
        (LESSON_FILE, "A dot.", LONG, ":10: This sentence has "),
        (LESSON_FILE, "A dot.", "Lorem ipsum.", ":10: “Lorem”: text that stands in for text."),
        (LESSON_FILE, "A dot.", "A dot — round.", ":10: “—”: a dash"),
        (LESSON_FILE, "A dot.", "A dot!", ":10: “!”: no exclamation marks."),
        (LESSON_FILE, "A dot.", "Then Rosa Luna said so.", ":10: “Rosa Luna” is not in content/names.yaml."),
        (LESSON_FILE, "A dot.", "Rosa said so.", ":10: “Rosa” is not in content/names.yaml."),
        (LESSON_FILE, "A dot.", "Research shows that it helps.", ":10: “Research shows” says what was found"),
        (LESSON_FILE, "A dot.", "It comes from ESTEEM.", ":10: “ESTEEM” is named"),
        (
            EASY_FILE,
            "A peer is like you.",
            "A peer " + "is like " * 6 + "you.",
            ":5: 15 words in an easy-read",
        ),
        (EASY_FILE, "of: what-a-peer-is", "of: another", ":1: “of” should be what-a-peer-is."),
        # Quizzes
        (
            QUIZ_FILE,
            "feedback: It is somebody like you.",
            "feedback:",
            ":8: Question 1: “feedback” is missing.",
        ),
        (QUIZ_FILE, "feedback: Yes.", 'feedback: ""', ":11: The option's “feedback” is missing."),
        (QUIZ_FILE, "right: true", "right: false", ":8: Question 1: 0 right answers. Exactly one"),
        (
            QUIZ_FILE,
            "A ship, right: false",
            "A ship, right: true",
            ":8: Question 1: 2 right answers. Exactly one",
        ),
        (
            QUIZ_FILE,
            "text: A peer, right: true",
            "text: A peer, right: false",
            "1 right answers. At least two",
        ),
        (
            QUIZ_FILE,
            "text: A chair, right: false",
            "text: A chair, right: true",
            "Question 2: no answer is wrong.",
        ),
        (QUIZ_FILE, "text: A chair", "text: All of the above", ":20: “All of the above” is no option"),
        (QUIZ_FILE, "kind: single", "kind: guess", ":8: Question 1: “guess” is no kind of question."),
        (QUIZ_FILE, "text: A ship", "text: somebody like me", ":8: Question 1: two options say the same."),
        (QUIZ_FILE, "Two questions", "Some questions", ":3: The introduction does not say that there are 2"),
        (QUIZ_FILE, "Two questions", "Two questions, 60%", ":3: The introduction says 60%"),
        (QUIZ_FILE, "Two questions", "You need two of the two questions", "“two of the two”: 50% of 2 is 1."),
        (QUIZ_FILE, "attempts_allowed: null\n", "", ":1: “attempts_allowed” is missing"),
        # Stages and the course
        (STAGE_FILE, "summary:", "sumary:", "“sumary” is not known here."),
        (WELCOME_FILE, "kind: welcome", "kind: odd", ":3: “kind” is welcome or ending"),
        (WELCOME_FILE, "kind: welcome\n", "", ":1: The stage has no quiz"),
        (
            COURSE_FILE,
            "self_directed_minutes: 21",
            "self_directed_minutes: 20",
            "lessons, quizzes and coursework make 21.",
        ),
        (COURSE_FILE, "statement: It is a test.", "", ":1: “statement” is missing."),
        (
            "glossary.yaml",
            "easy: Like you.",
            "easy: One two three four five six seven eight nine ten.",
            ":3: The",
        ),
        ("home.yaml", "(page:courses/small)", "(page:courses/large)", "There is no page “courses/large”"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    content: Path, name: str, old: str, new: str, said: str
) -> None:
    before = told(content)
    assert not any(said in one for one in before)
    texts.change(content, name, old, new)
    new_ones = [one for one in told(content) if one not in before]
    assert any(one.startswith(name) and said in one for one in new_ones), new_ones


def test_the_small_course_is_small_and_nothing_else_is_wrong_with_it(content: Path) -> None:
    assert [one.partition(": ")[2] for one in told(content)] == [
        "The lesson has 5 words. It should have 400 to 900.",
        "The lesson has 13 words. It should have 400 to 900.",
        "2 questions. 8 are the fewest.",
        "The stage has 1 lessons. It should have 3 to 5.",
        "The glossary has 1 words. 60 are the fewest.",
    ]


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ([0, 0, 0, 0, 1], "a run of four"),
        ([0, 1, 0, 2, 0, 0], "More than half"),
        ([0, 1, 2, 3, 0], "go round in order"),
        ([2, 0, 1, 1, 3, 0], ""),
    ],
)
def test_the_places_of_right_answers_are_no_pattern(content: Path, places: list[int], said: str) -> None:
    asked = "".join(_question(number, place) for number, place in enumerate(places))
    path = content / QUIZ_FILE
    head, _found, _rest = path.read_text().partition("questions:\n")
    path.write_text(f"{head}questions:\n{asked}")
    found = " ".join(told(content))
    assert (said in found) if said else not any(w in found for w in ("run of", "half", "round in"))


def _question(number: int, right: int) -> str:
    options = "".join(
        f"      - {{text: Answer {place}, right: {str(place == right).lower()}, feedback: Why.}}\n"
        for place in range(4)
    )
    return f"  - text: Question {number}?\n    kind: single\n    options:\n{options}    feedback: Why.\n"


def test_the_right_answer_is_not_always_the_longest() -> None:
    options = [{"text": "Short", "right": False}, {"text": "Rather longer", "right": True}]
    assert quizzes.is_longest(options)
    assert not quizzes.is_longest([*options, {"text": "Just as  long", "right": False}])
    assert quizzes.longest_run([1, 1, 2, 2, 2]) == 3
    assert quizzes.longest_run([]) == 0


def test_a_source_in_the_section_is_enough_for_a_claim(content: Path) -> None:
    before = len(told(content))
    (content / "research").mkdir()
    (content / "research/a-study.md").write_text(
        "---\ntitle: A study\nslug: a-study\none_line: Short.\nsource: A book.\n---\nIt was done.\n"
    )
    claim = "ESTEEM [found this](page:research/a-study)."
    texts.change(content, LESSON_FILE, "A dot.\n:::", f"A dot.\n:::\n\n{claim}")
    assert len(told(content)) == before
    texts.change(content, "research/a-study.md", "source: A book.\n", "")
    assert any("names no source" in one for one in told(content))


@pytest.mark.parametrize(
    ("sentence", "is_imagined", "is_claim"),
    [
        ("Studies have often found that groups help.", False, True),
        ("The survey counted 82 interviews.", False, True),
        ("15% were in paid work, said the study.", False, True),
        ("A study found nothing you can use.", True, False),
        ("Seebohm wrote about it.", True, True),
        ("What does the research show?", False, False),
        ("A survey asks many people the same.", False, False),
        ("This study does not show why.", False, False),
        ("Eight people sit round a table.", False, False),
    ],
)
def test_what_is_a_claim(sentence: str, is_imagined: bool, is_claim: bool) -> None:
    assert bool(claims.claim(sentence, is_imagined=is_imagined)) is is_claim


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("You meet Anna Berg on Monday.", {"Anna Berg"}),
        ("It is Anna's idea.", {"Anna"}),
        ("Anna went home. You did not.", {"Anna"}),
        ('She said: "Come in." Then she left.', set()),
        ("In England, people do.", set()),
        ("A nurse, a doctor and Joe.", {"Joe"}),
    ],
)
def test_who_is_a_stranger(text: str, found: set[str]) -> None:
    assert strangers(text, frozenset({"England", "Monday"})) == found


def test_only_what_was_asked_for_is_told(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_content.main([str(content / "glossary.yaml")], folder=content) == 1
    assert capsys.readouterr().out.splitlines() == [
        "content/glossary.yaml:1: The glossary has 1 words. 60 are the fewest.",
        "To mend: 1.",
    ]
    assert check_content.main([str(content / "names.yaml")], folder=content) == 0
    assert check_content.main([str(content / "nothing.md")], folder=content) == 2


SESSION = """---
title: We meet
slug: we-meet
participatory_minutes: 120
summary: We talk.
make_up: |
  {task}
---
{body}
"""
WORK = """---
title: Your page
slug: your-page
minutes: 30
takes_text: true
takes_files: false
looks_for: |
  - It says who decides.
---
{body}
"""
MANY = "\n\n".join(["We sit in a circle and talk about what we know. " * 5] * 3)
SOME = "Write down what you would have said to us. " * 6


def with_meetings(content: Path, *, session: str = "", work: str = "") -> list[str]:
    folder = content / "courses/small/1-peers"
    written = session or SESSION.format(task=SOME, body=MANY)
    (folder / "02-we-meet.session.md").write_text(written, encoding="utf-8")
    (folder / "03-your-page.coursework.md").write_text(work or WORK.format(body=MANY), encoding="utf-8")
    known = set(told_before)
    return [one for one in told(content) if one not in known]


told_before: list[str] = []


@pytest.fixture
def meeting(content: Path) -> Path:
    """The small course with all that is wrong with it for being small noted down."""
    told_before[:] = told(content)
    minutes = "self_directed_minutes: 51\nparticipatory_minutes: 120\nsessions_needed: 1"
    texts.change(content, COURSE_FILE, "self_directed_minutes: 21", minutes)
    return content


def test_a_session_and_coursework_have_nothing_wrong(meeting: Path) -> None:
    assert with_meetings(meeting) == []


@pytest.mark.parametrize(
    ("minutes", "said"),
    [("1", ""), ("4", "4 minutes with meetings: "), ("some", "some minutes with meetings: ")],
)
def test_what_is_left_of_a_lesson_where_people_meet_is_counted_and_checked(
    meeting: Path, minutes: str, said: str
) -> None:
    texts.change(meeting, COURSE_FILE, "self_directed_minutes: 51", "self_directed_minutes: 47")
    texts.change(meeting, LESSON_FILE, "minutes: 5\n", f"minutes: 5\nminutes_with_meetings: {minutes}\n")
    found = with_meetings(meeting)
    assert any(said in one for one in found) if said else found == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("participatory_minutes: 120", "participatory_minutes: 90", "live sessions make 90."),
        ("participatory_minutes: 120", "participatory_minutes: long", "is a number of minutes."),
        ("summary: We talk.\n", "", "“summary” is missing."),
        ("slug: we-meet", "slug: we-meet\nwhen: today", "“when” is not known here."),
        ("slug: we-meet", "slug: your-page", "Another lesson of this stage has the same slug."),
        (SOME, "Write.", "The make-up task has 1 words."),
        (SOME, SOME + " Click here!", "no exclamation marks"),
        (MANY, "We meet.", "The session has 2 words."),
        (MANY, MANY + "\n\n:::odd A title\nWords.\n:::\n", "“:::odd” is not known."),
    ],
)
def test_what_is_wrong_with_a_session_is_told(meeting: Path, old: str, new: str, said: str) -> None:
    session = SESSION.format(task=SOME, body=MANY).replace(old, new)
    assert any(said in one for one in with_meetings(meeting, session=session))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("minutes: 30", "minutes: 20", "lessons, quizzes and coursework make 41."),
        ("takes_text: true", "takes_text: perhaps", "“takes_text” is true or false."),
        ("takes_text: true", "takes_text: false", "can be handed in in no form."),
        ("who decides", "who decides!", "no exclamation marks"),
        (MANY, "Write.", "The coursework has 1 words."),
    ],
)
def test_what_is_wrong_with_coursework_is_told(meeting: Path, old: str, new: str, said: str) -> None:
    work = WORK.format(body=MANY).replace(old, new)
    assert any(said in one for one in with_meetings(meeting, work=work))


def test_more_sessions_than_there_are_cannot_be_needed(meeting: Path) -> None:
    texts.change(meeting, COURSE_FILE, "sessions_needed: 1", "sessions_needed: 2")
    assert any("sessions_needed is 2; there are 1 sessions." in one for one in with_meetings(meeting))
