"""Meetings: sending word, being there, calendars; and planning and registers for those who run a cohort."""

from django.urls import reverse

from tests.architecture.addresses.rows import (
    ADMINISTRATOR,
    ASSESSOR,
    EDITOR,
    FACILITATOR,
    OWNER,
    Path,
    Row,
    everybody,
    only_owner,
    signed_in,
    staff,
    to,
)
from tests.architecture.addresses.staff import PREFERENCES
from tests.architecture.addresses.work import dee_works
from tests.architecture.addresses.work import session as activity
from tests.architecture.world import World


def meeting(world: World) -> int:
    return world.meeting.session.pk


def cohort(world: World) -> int:
    return world.works.cohort.pk


def walk_in(world: World) -> int:
    return world.meeting.walk_in.pk


def date(world: World) -> int:
    return world.meeting.date.pk


def in_the_room(world: World) -> str:
    return reverse("learning:check_in", args=[meeting(world), world.meeting.session.word])


def feed(world: World) -> str:
    return reverse("learning:calendar_feed", args=[world.meeting.feed])


# Whoever has a part in a cohort may see it; only facilitators and administrators change it.
SEEN = staff(**{EDITOR: 404})
THEIR_FILE = {**only_owner(), FACILITATOR: 200, ASSESSOR: 200, ADMINISTRATOR: 200}


def run(answer: int | str = 200) -> dict[str, int | str]:
    return staff(answer, **{EDITOR: 404, ASSESSOR: 404})


def shown(name: str, *find: object, queries: int, answers: dict[str, int | str] | None = None) -> Row:
    """A page of staff."""
    return Row(
        name=name,
        path=to(name, *find),  # type: ignore[arg-type]
        answers=answers or run(),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=queries,
    )


def sent(
    name: str,
    *find: object,
    queries: int,
    answer: int | str = 422,
    note: str = "with nothing in it",
    **data: str,
) -> Row:
    """A form of staff; without its fields it comes back and says what is missing."""
    return Row(
        name=name,
        method="POST",
        note=note,
        path=to(name, *find),  # type: ignore[arg-type]
        data=lambda world: data,
        answers=run(answer),
        measured_as=FACILITATOR,
        queries=queries,
    )


def learners(name: str, path: Path, *, queries: int, method: str = "GET", answer: int | str = 200) -> Row:
    return Row(name=name, method=method, path=path, owner="dee", answers=only_owner(answer), queries=queries)


MEETINGS = (
    learners(
        "learning:apologise",
        to("learning:apologise", dee_works, meeting),
        method="POST",
        answer="learning:activity",
        queries=5,
    ),
    learners(
        "learning:come_after_all",
        to("learning:come_after_all", dee_works, meeting),
        method="POST",
        answer="learning:activity",
        queries=4,
    ),
    learners("learning:check_in", in_the_room, queries=3),
    learners("learning:check_in", in_the_room, method="POST", answer="learning:activity", queries=14),
    Row(name="learning:word", path=to("learning:word"), answers=signed_in(), queries=1),
    Row(
        name="learning:word",
        method="POST",
        path=to("learning:word"),
        data=lambda world: {"word": world.meeting.session.word},
        owner="dee",
        answers={**signed_in(409), OWNER: "learning:check_in"},
        queries=2,
    ),
    Row(
        name="learning:session_calendar",
        path=to("learning:session_calendar", meeting),
        owner="dee",
        answers=THEIR_FILE,
        queries=4,
    ),
    Row(name="learning:calendar", path=to("learning:calendar"), answers=signed_in(), queries=2),
    Row(
        name="learning:calendar",
        method="POST",
        path=to("learning:calendar"),
        answers=signed_in("learning:calendar"),
        queries=3,
    ),
    # A calendar program asks without a name; the address is the key.
    Row(name="learning:calendar_feed", path=feed, answers=everybody(), queries=3),
    shown("staff:sessions", cohort, queries=14, answers=SEEN),
    shown("staff:add_session", cohort, activity, queries=11),
    sent("staff:add_session", cohort, activity, queries=11),
    shown("staff:change_session", meeting, queries=11),
    sent("staff:change_session", meeting, queries=11),
    shown("staff:cancel_session", meeting, queries=12),
    sent("staff:cancel_session", meeting, queries=12),
    shown("staff:session_register", meeting, queries=17),
    sent(
        "staff:session_register",
        meeting,
        queries=22,
        answer="staff:session_register",
        note="all others attended",
        do="others",
    ),
    sent("staff:add_walk_in", meeting, queries=17),
    sent(
        "staff:settle_walk_in",
        walk_in,
        queries=7,
        answer="staff:session_register",
        note="",
        do="remove",
    ),
    shown("staff:session_word", meeting, queries=11),
    sent("staff:session_word", meeting, queries=7, answer="staff:session_word", note=""),
    shown("staff:session_list", meeting, queries=11),
    sent("staff:session_list", meeting, queries=11),
    shown("staff:attendance", cohort, queries=15, answers=SEEN),
    shown("staff:run_sheet", cohort, queries=14, answers=SEEN),
    shown("staff:add_date", cohort, queries=11),
    sent("staff:add_date", cohort, queries=11),
    shown("staff:change_date", date, queries=12),
    sent("staff:change_date", date, queries=12),
    sent("staff:remove_date", date, queries=12, answer="staff:run_sheet", note=""),
    shown("staff:move_cohort", cohort, queries=11),
    sent("staff:move_cohort", cohort, queries=11),
)
