"""A folder of content as small as can be: one course with a welcome and a stage, and what a site needs."""

from pathlib import Path

HOME = """
heading: A heading
lead: What this is.
start_link_text: Begin
start_page: courses/small
ways_in:
  - {picture: learn, title: Learn, text: A course., page: courses}
courses_heading: Courses
courses_text: All of them.
research_heading: Research
research_text: Some of it.
body: |
  :::section A section
  See the [course](page:courses/small).
  :::
"""
GLOSSARY = """
lead: What words mean.
words:
  - {slug: peer, term: peer, other: peers, meaning: Somebody like you., easy: Like you.}
"""
COURSE = """
code: SMALL
title: A small course
slug: small
one_line: A course for tests.
lead: What it is.
notice: Only a test.
topics: [Testing]
prior_knowledge: None needed
is_free: true
cost: Free
self_directed_minutes: 21
who_for: Everybody.
outcomes: [Know what a peer is.]
how_to_pass: Do it all.
about: |
  ## More

  See [home](page:).
access_needs: Ask us.
statement: It is a test.
"""
WELCOME = """---
title: Welcome
slug: welcome
minutes: 1
summary: What comes.
---
Come in.

:::activity Look round
Take one minute.
:::
"""
LESSON = """---
title: What a peer is
slug: what-a-peer-is
minutes: 5
summary: What the word means.
---
A [peer](glossary:peer) is somebody like you. Go [home](page:).

:::image dot | A round spot.
A dot.
:::

:::activity Think of one
Take five minutes.
:::
"""
EASY = """---
of: what-a-peer-is
---
:::row dot | A round spot.
A peer is like you.
:::
"""
QUIZ = """
title: Check what you know
slug: quiz-peers
intro: Two questions. The second must be right.
minutes: 15
pass_mark_percent: 50
attempts_allowed: null
questions:
  - text: Who is a peer?
    kind: single
    options:
      - {text: Somebody like me, right: true, feedback: Yes.}
      - {text: A ship, right: false, feedback: "That is a pier, and no ship."}
      - {text: Nobody at all whom I know, right: false, feedback: There are many.}
    feedback: It is somebody like you.
  - text: Which of these are people?
    kind: multiple
    must_be_right: true
    options:
      - {text: A nurse, right: true, feedback: Yes.}
      - {text: A chair, right: false, feedback: No.}
      - {text: A peer, right: true, feedback: Yes.}
    feedback: Chairs are no people.
"""
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8" viewBox="0 0 8 8">'
    '<circle cx="4" cy="4" r="4"/></svg>'
)
FILES = {
    "home.yaml": HOME,
    "glossary.yaml": GLOSSARY,
    "names.yaml": "places: [England]\n",
    "courses/small/course.yaml": COURSE,
    "courses/small/pictures/dot.svg": DRAWING,
    "courses/small/0-welcome/stage.yaml": "title: Welcome here\nsummary: First of all.\nkind: welcome\n",
    "courses/small/0-welcome/01-welcome.md": WELCOME,
    "courses/small/1-peers/stage.yaml": "title: Peers\nsummary: Who they are.\n",
    "courses/small/1-peers/01-what-a-peer-is.md": LESSON,
    "courses/small/1-peers/01-what-a-peer-is.easy-read.md": EASY,
    "courses/small/1-peers/quiz.yaml": QUIZ,
}
LESSON_FILE = "courses/small/1-peers/01-what-a-peer-is.md"
QUIZ_FILE = "courses/small/1-peers/quiz.yaml"


def write(folder: Path) -> Path:
    """The folder, filled."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    return folder


def change(folder: Path, name: str, old: str, new: str) -> None:
    """Write something else into a file."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
