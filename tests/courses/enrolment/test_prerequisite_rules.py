"""What somebody has met of what a cohort asks for: the pure rule."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from courses.enrolment import prerequisite_rules as rules
from courses.enrolment.prerequisite_rules import Check, Facts, Rule, State

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
WORDS = ["I am 60 or older.", "I can come on Tuesdays.", "A vetting check"]

RULES = st.lists(
    st.one_of(
        st.builds(Rule, id=st.just(0), kind=st.just("course"), course_id=st.integers(1, 3)),
        st.builds(
            Rule,
            id=st.just(0),
            kind=st.sampled_from(["declaration", "check"]),
            words=st.sampled_from(WORDS),
        ),
    ),
    max_size=5,
).map(lambda found: [Rule(n, one.kind, one.words, one.course_id) for n, one in enumerate(found, 1)])
DAYS = st.integers(-3, 3).map(lambda days: TODAY + timedelta(days=days))
CHECKS = st.builds(Check, is_done=st.booleans(), checked_on=DAYS, valid_until=st.none() | DAYS)
FACTS = st.builds(
    Facts,
    finished=st.dictionaries(st.integers(1, 3), st.just(NOW)),
    said=st.dictionaries(st.sampled_from(WORDS), st.just(NOW)),
    checks=st.dictionaries(st.sampled_from(WORDS), CHECKS),
)
AGREED = st.sets(st.integers(1, 6))


@given(RULES, FACTS, AGREED)
def test_each_rule_is_judged_once_and_in_order(asked: list[Rule], facts: Facts, agreed: set[int]) -> None:
    judged = rules.judge(asked, facts, on=TODAY, agreed=agreed)
    assert [one.rule for one in judged] == asked
    assert rules.missing(judged) == [one for one in judged if one.state is not State.MET]
    assert set(rules.in_the_way(judged)) <= set(rules.missing(judged))


@given(RULES, FACTS, AGREED)
def test_ticking_boxes_helps_with_declarations_and_with_nothing_else(
    asked: list[Rule], facts: Facts, agreed: set[int]
) -> None:
    without = rules.judge(asked, facts, on=TODAY)
    ticked = rules.judge(asked, facts, on=TODAY, agreed=agreed)
    for before, after in zip(without, ticked, strict=True):
        if before != after:
            assert (before.rule.kind, before.state) == ("declaration", State.UNSAID)
            assert after.is_met
            assert after.is_new
            assert after.rule.id in agreed
    assert rules.in_the_way(without) == rules.in_the_way(ticked)
    every = rules.judge(asked, facts, on=TODAY, agreed={rule.id for rule in asked})
    assert rules.missing(every) == rules.in_the_way(every)


@given(RULES, FACTS, DAYS)
def test_more_is_never_met_by_waiting(asked: list[Rule], facts: Facts, day: date) -> None:
    now = {one.rule.id for one in rules.missing(rules.judge(asked, facts, on=TODAY))}
    later = {one.rule.id for one in rules.missing(rules.judge(asked, facts, on=max(day, TODAY)))}
    assert now <= later


@given(RULES)
def test_who_is_not_known_at_all_has_met_nothing(asked: list[Rule]) -> None:
    judged = rules.judge(asked, Facts(), on=TODAY)
    assert len(rules.missing(judged)) == len(asked)


def test_a_check_counts_on_its_last_day_and_not_on_the_next() -> None:
    rule = Rule(1, "check", "A vetting check")
    facts = Facts(checks={rule.words: Check(True, date(2026, 1, 1), TODAY)})
    assert rules.judge([rule], facts, on=TODAY)[0].state is State.MET
    assert rules.judge([rule], facts, on=TODAY + timedelta(days=1))[0].state is State.LAPSED


def test_other_words_are_asked_anew() -> None:
    facts = Facts(said={"I am 60 or older.": NOW})
    (same, other) = rules.judge(
        [Rule(1, "declaration", "I am 60 or older."), Rule(2, "declaration", "I am over 60.")],
        facts,
        on=TODAY,
    )
    assert (same.state, other.state) == (State.MET, State.UNSAID)
