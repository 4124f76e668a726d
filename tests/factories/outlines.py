"""Outlines and papers of every shape, for tests of properties."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from courses.assessment.papers import Option, Paper, Question, QuestionKind
from courses.catalogue.outline import (
    ActivityOutline,
    CertificateRules,
    CourseworkRules,
    Kind,
    Outline,
    QuizRules,
    SessionRules,
    StageOutline,
)

WORDS = st.text(max_size=30)
FEW = st.integers(0, 4)


def quiz_rules() -> st.SearchStrategy[QuizRules]:
    none = st.none()
    return st.builds(
        QuizRules,
        pass_mark_percent=st.integers(0, 100),
        attempts_allowed=none | st.integers(1, 9),
        time_limit_minutes=none | st.integers(1, 600),
        question_count=st.integers(1, 30),
        must_be_right=some_ids(),
    )


def session_rules() -> st.SearchStrategy[SessionRules]:
    return st.builds(SessionRules, make_up=st.booleans(), partly_percent=st.integers(1, 100))


def coursework_rules() -> st.SearchStrategy[CourseworkRules]:
    return st.builds(CourseworkRules, takes_text=st.booleans(), takes_files=st.booleans())


def some_ids() -> st.SearchStrategy[tuple[int, ...]]:
    """Ids of questions, rising."""
    return st.sets(st.integers(1, 6), max_size=3).map(lambda found: tuple(sorted(found)))


@st.composite
def outlines(draw: Any) -> Outline:
    """Up to four stages of up to four activities; ids are 1, 2, 3 … in order."""
    stages = []
    next_id = 1
    for number in range(1, draw(FEW) + 1):
        activities = []
        for _place in range(draw(FEW)):
            kind = draw(st.sampled_from(Kind))
            activities.append(
                ActivityOutline(
                    activity_id=next_id,
                    page_id=100 + next_id,
                    revision_id=draw(st.integers(0, 10**6)),
                    kind=kind,
                    title=f"Activity {next_id}",
                    is_required=draw(st.booleans()),
                    self_directed_minutes=draw(st.integers(0, 6000)),
                    participatory_minutes=draw(st.integers(0, 6000)),
                    quiz=draw(quiz_rules()) if kind is Kind.QUIZ else None,
                    session=draw(session_rules()) if kind is Kind.LIVE_SESSION else None,
                    coursework=draw(coursework_rules()) if kind is Kind.COURSEWORK else None,
                )
            )
            next_id += 1
        stages.append(
            StageOutline(
                number=number,
                title=draw(WORDS),
                summary=draw(WORDS),
                is_gated=draw(st.booleans()),
                activities=tuple(activities),
            )
        )
    return Outline(
        course_code=draw(WORDS),
        course_title=draw(WORDS),
        outcomes=tuple(draw(st.lists(WORDS, max_size=3))),
        stages=tuple(stages),
        certificate=draw(
            st.builds(
                CertificateRules,
                kind=WORDS,
                provider=WORDS,
                accreditation=WORDS,
                statement=WORDS,
                notice=WORDS,
            )
        ),
        sessions_needed=draw(st.none() | st.integers(1, 6)),
    )


def lesson(activity_id: int, *, is_required: bool = True, minutes: int = 10) -> ActivityOutline:
    """The plainest lesson."""
    return ActivityOutline(
        activity_id=activity_id,
        page_id=100 + activity_id,
        revision_id=1,
        kind=Kind.LESSON,
        title=f"Lesson {activity_id}",
        is_required=is_required,
        self_directed_minutes=minutes,
        participatory_minutes=0,
    )


def session(activity_id: int, *, is_required: bool = True, make_up: bool = True) -> ActivityOutline:
    """A meeting of two and a half hours."""
    return replace(
        lesson(activity_id, is_required=is_required, minutes=0),
        kind=Kind.LIVE_SESSION,
        title=f"Session {activity_id}",
        participatory_minutes=150,
        session=SessionRules(make_up=make_up),
    )


def coursework(activity_id: int, *, takes_text: bool = True, takes_files: bool = True) -> ActivityOutline:
    return replace(
        lesson(activity_id),
        kind=Kind.COURSEWORK,
        title=f"Work {activity_id}",
        coursework=CourseworkRules(takes_text=takes_text, takes_files=takes_files),
    )


def stage(*activities: ActivityOutline, number: int = 1, is_gated: bool = True) -> StageOutline:
    return StageOutline(
        number=number, title=f"Stage {number}", summary="", is_gated=is_gated, activities=activities
    )


def outline(*stages: StageOutline, sessions_needed: int | None = None) -> Outline:
    return Outline(
        course_code="TEST",
        course_title="A course",
        outcomes=(),
        stages=stages,
        certificate=CertificateRules(kind="", provider="", accreditation="", statement="", notice=""),
        sessions_needed=sessions_needed,
    )


@st.composite
def questions(draw: Any, slot: int = 1) -> Question:
    """A question as the bank allows it: single and true/false have one right answer."""
    kind = draw(st.sampled_from(QuestionKind))
    count = 2 if kind is QuestionKind.TRUE_FALSE else draw(st.integers(2, 5))
    places = list(range(count))
    if kind is QuestionKind.MULTIPLE:
        right = draw(st.sets(st.sampled_from(places), min_size=1))
    else:
        right = {draw(st.sampled_from(places))}
    options = tuple(
        Option(
            key=chr(ord("a") + place),
            text=f"option {place}",
            is_right=place in right,
            feedback=draw(WORDS),
        )
        for place in places
    )
    return Question(
        slot=slot,
        question_id=draw(st.integers(1, 10**6)),
        version=draw(st.integers(1, 50)),
        kind=kind,
        text=draw(WORDS),
        options=options,
        feedback=draw(WORDS),
        marks=draw(st.integers(1, 5)),
        must_be_right=draw(st.booleans()),
    )


@st.composite
def papers(draw: Any) -> Paper:
    count = draw(st.integers(1, 4))
    return Paper(questions=tuple(draw(questions(slot=slot)) for slot in range(1, count + 1)))


@st.composite
def answered_papers(draw: Any) -> tuple[Paper, dict[int, frozenset[str]]]:
    """A paper and some answers: some right, some wrong, some blank, some with keys it does not have."""
    paper = draw(papers())
    choices = {}
    for question in paper.questions:
        keys = sorted(question.keys)
        choice = draw(
            st.none()
            | st.just(question.right_keys)
            | st.frozensets(st.sampled_from([*keys, "z"]), max_size=len(keys))
        )
        if choice is not None:
            choices[question.slot] = choice
    return paper, choices
