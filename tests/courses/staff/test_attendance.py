"""The register on the page: marks, refusals, other people's hands, lists, the word, reports."""

import csv
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.users.models import User
from courses.actions import attendance
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment
from courses.progress.attendance import Attendance, WalkIn
from courses.progress.turnout import Status
from tests.factories import meetings, people
from tests.factories.courses import BuiltCourse

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]


@pytest.fixture(autouse=True)
def today(now: datetime) -> Any:
    with time_machine.travel(now):
        yield


@pytest.fixture
def course(now: datetime) -> BuiltCourse:
    return meetings.course(at=now, meetings=3, needed=2)


@pytest.fixture
def fay(course: BuiltCourse, fay: User) -> User:
    return meetings.facilitator(course.cohort, fay)


@pytest.fixture
def client(fay: User, sign_in: SignIn) -> Client:
    return sign_in(fay)


@pytest.fixture
def held(course: BuiltCourse, fay: User, now: datetime) -> list[LiveSession]:
    return meetings.plan(course, by=fay, at=now, days=(-7, 0, 7))


@pytest.fixture
def both(course: BuiltCourse, ada: User, ben: User, now: datetime) -> tuple[int, int]:
    """Ada's and Ben's enrolments."""
    return course.enrol(ada, at=now).pk, course.enrol(ben, at=now).pk


def url_of(session: LiveSession, name: str = "staff:session_register") -> str:
    return reverse(name, args=[session.pk])


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def marks() -> dict[int, tuple[str, int | None]]:
    return {mark.enrolment_id: (mark.status, mark.minutes) for mark in Attendance.objects.all()}


def seen(*enrolments: int) -> dict[str, str]:
    return {f"seen-{pk}": ":" for pk in enrolments}


def test_a_register_is_kept_in_one_press(
    held: list[LiveSession], both: tuple[int, int], client: Client
) -> None:
    ada, ben = both
    html = text(client.get(url_of(held[0])))
    assert html.index("Ada Lerner") < html.index("Ben Lerner")
    data = {f"status-{ada}": "partly", f"minutes-{ada}": "100", f"status-{ben}": "absent", "do": "all"}
    response = client.post(url_of(held[0]), {**seen(*both), **data}, follow=True)
    assert "2 marks are saved." in text(response)
    assert marks() == {ada: ("partly", 100), ben: ("absent", None)}


def test_all_others_attended(held: list[LiveSession], both: tuple[int, int], client: Client) -> None:
    ada, ben = both
    client.post(url_of(held[0]), {**seen(*both), f"status-{ben}": "apologised", "do": "others"})
    assert marks() == {ada: ("attended", None), ben: ("apologised", None)}


def test_the_button_of_a_row_saves_and_comes_back_to_the_row(
    held: list[LiveSession], both: tuple[int, int], client: Client
) -> None:
    ada, _ben = both
    response = client.post(url_of(held[0]), {**seen(*both), f"status-{ada}": "attended", "do": f"row-{ada}"})
    assert response.url == f"{url_of(held[0])}?saved={ada}#learner-{ada}"
    line = text(client.get(response.url)).partition(f'id="learner-{ada}"')[2].partition("</fieldset>")[0]
    assert '<strong class="cm-saved">Saved</strong>' in line
    assert client.get(url_of(held[0]), {"saved": "x" * 50}).status_code == 200
    assert marks() == {ada: ("attended", None)}


def test_a_refusal_loses_nothing_and_saves_nothing(
    held: list[LiveSession], both: tuple[int, int], client: Client
) -> None:
    ada, ben = both
    data = {f"status-{ada}": "partly", f"minutes-{ada}": "999", f"status-{ben}": "absent", "do": "all"}
    response = client.post(url_of(held[0]), {**seen(*both), **data})
    html = text(response)
    assert response.status_code == 409
    assert "The minutes must be between 1 and 120" in html
    assert 'value="999"' in html
    assert f'name="status-{ben}" value="absent" checked' in html
    assert f'href="#learner-{ada}"' in html
    assert marks() == {}


@pytest.mark.parametrize("typed", ["-1", "1.5", "lots", "9" * 400, "٣"])
def test_minutes_that_are_no_number_are_no_fault(
    held: list[LiveSession], both: tuple[int, int], client: Client, typed: str
) -> None:
    data = {f"status-{both[0]}": "partly", f"minutes-{both[0]}": typed, "do": "all"}
    assert client.post(url_of(held[0]), {**seen(*both), **data}).status_code == 409
    assert client.post(url_of(held[0]), {f"status-{both[0]}": "singing", "do": "all"}).status_code == 409


def test_an_old_page_does_not_undo_what_another_person_has_marked(
    held: list[LiveSession], both: tuple[int, int], client: Client, fay: User, now: datetime
) -> None:
    """The page was opened when Ada was absent; meanwhile she was corrected. Ben's line is saved alone."""
    ada, ben = both
    attendance.mark(session_id=held[0].pk, enrolment_id=ada, status=Status.ATTENDED, by=fay, at=now)
    stale = {
        f"seen-{ada}": "absent:",
        f"status-{ada}": "absent",
        f"seen-{ben}": ":",
        f"status-{ben}": "absent",
    }
    client.post(url_of(held[0]), {**stale, "do": "all"})
    assert marks() == {ada: ("attended", None), ben: ("absent", None)}


def test_before_a_meeting_only_apologies_are_offered(
    held: list[LiveSession], both: tuple[int, int], client: Client
) -> None:
    html = text(client.get(url_of(held[2])))
    assert "has not begun yet" in html
    assert "All others attended" not in html
    # Four choices for each of two people; only the apology can be chosen.
    assert html.count('type="radio"') == 8
    radios = [one.partition(">")[0] for one in html.split('<input type="radio"')[1:]]
    assert sum(" disabled" in one for one in radios) == 6
    apology = html.partition('value="apologised"')[2].partition(">")[0]
    assert "disabled" not in apology
    assert 'value="absent" disabled' in html
    assert 'value="absent" disabled' not in text(client.get(url_of(held[0])))
    response = client.post(url_of(held[2]), {**seen(*both), f"status-{both[0]}": "attended", "do": "all"})
    assert response.status_code == 409


def test_the_register_costs_the_same_for_three_and_for_thirty(
    course: BuiltCourse, held: list[LiveSession], both: tuple[int, int], client: Client, now: datetime
) -> None:
    counted = []
    for count in (3, 30):
        for number in range(count):
            person = people.person(f"p{count}-{number}", f"Person {count} {number}")
            Enrolment.objects.create(learner=person, cohort=course.cohort, status="active", started_at=now)
        for url in (url_of(held[0]), reverse("staff:attendance", args=[course.cohort.pk])):
            client.get(url)
            with CaptureQueriesContext(connection) as asked:
                client.get(url)
            counted.append(len(asked))
    assert counted[:2] == counted[2:]


def test_the_next_meeting_stands_on_the_first_page_with_its_list(
    held: list[LiveSession], both: tuple[int, int], client: Client, ana: User, sign_in: SignIn
) -> None:
    first = text(client.get("/admin/"))
    assert "Today and next" in first
    assert f'href="{url_of(held[2])}"' in first
    assert f'href="{url_of(held[2], "staff:session_word")}"' in first
    assert url_of(held[0]) not in first
    LiveSession.objects.update(cancelled_at=held[0].starts_at)
    assert url_of(held[2]) not in text(client.get("/admin/"))
    assert "Today and next" not in text(sign_in(ana).get("/admin/"))


# The word in the room


def test_the_word_and_its_code_are_shown_and_renewed(held: list[LiveSession], client: Client) -> None:
    url = url_of(held[1], "staff:session_word")
    assert "<svg" not in client.get(url).content.decode().split("cm-room")[1]
    client.post(url)
    word = LiveSession.objects.get(pk=held[1].pk).word
    html = client.get(url).content.decode().split("cm-room")[1]
    assert " ".join(word) in html
    assert "<svg" in html
    client.post(url)
    assert LiveSession.objects.get(pk=held[1].pk).word != word
    assert "needs no word" in text(client.get(url_of(held[0], "staff:session_word")))


# People without a place


def test_somebody_without_a_place_is_noted_and_joined_up(
    held: list[LiveSession], both: tuple[int, int], client: Client
) -> None:
    url = url_of(held[0], "staff:add_walk_in")
    refused = client.post(url, {"name": "", "email": "wanda@example.org"})
    assert (refused.status_code, "wanda@example.org" in text(refused)) == (422, True)
    assert client.post(url, {"name": "Wanda", "email": "nonsense"}).status_code == 422
    client.post(url, {"name": "Wanda", "email": ""})
    assert "Wanda" in text(client.get(url_of(held[0])))
    walk_in = WalkIn.objects.get()
    settle = reverse("staff:settle_walk_in", args=[walk_in.pk])
    register = text(client.get(url_of(held[0])))
    assert '<select name="enrolment"><option value="">Choose' in register
    for nobody in ("", "nobody", "9999999"):
        answer = client.post(settle, {"do": "join", "enrolment": nobody}, follow=True)
        assert "Please choose the learner first." in text(answer)
    asked = client.post(settle, {"do": "join", "enrolment": both[1]})
    assert "Is Wanda the learner Ben Lerner?" in text(asked)
    assert marks() == {}
    client.post(settle, {"do": "join", "enrolment": both[1], "confirm": "yes"})
    assert marks() == {both[1]: ("attended", None)}
    assert "Wanda" not in text(client.get(url_of(held[0])))


# Lists


def test_a_list_is_checked_line_by_line_and_then_brought_in_whole(
    held: list[LiveSession], both: tuple[int, int], client: Client
) -> None:
    url = url_of(held[0], "staff:session_list")
    wrong = (
        "Email;Status;Minutes\nada@example.org;attended\nnobody@example.org;absent\nben@example.org;partly"
    )
    file = SimpleUploadedFile("register.csv", wrong.encode("utf-8-sig"))
    response = client.post(url, {"file": file, "do": "save"})
    html = text(response)
    assert response.status_code == 422
    assert "2 lines are not right yet." in html
    assert "Nobody on this cohort has this address." in html
    assert "needs the minutes in the third column" in html
    assert marks() == {}
    right = "ada@example.org;attended\nben@example.org;partly;45"
    checked = client.post(url, {"text": right, "do": "check"})
    assert "All 2 lines can be brought in." in text(checked)
    assert marks() == {}
    client.post(url, {"text": right, "do": "save"})
    assert marks() == {both[0]: ("attended", None), both[1]: ("partly", 45)}
    assert set(Attendance.objects.values_list("source", flat=True)) == {"csv"}


def test_a_list_that_the_register_refuses_changes_nothing(
    held: list[LiveSession], both: tuple[int, int], client: Client
) -> None:
    url = url_of(held[0], "staff:session_list")
    text_ = "ada@example.org,attended\nben@example.org,partly,500"
    response = client.post(url, {"text": text_, "do": "save"})
    assert response.status_code == 409
    assert "between 1 and 120" in text(response)
    assert marks() == {}
    assert client.post(url, {"do": "save"}).status_code == 422


# The report


def test_the_report_tells_attendance_and_commitment_apart(
    course: BuiltCourse,
    held: list[LiveSession],
    both: tuple[int, int],
    client: Client,
    fay: User,
    now: datetime,
) -> None:
    ada, ben = both
    for session, one, two in ((held[0], "attended", "apologised"), (held[1], "attended", "absent")):
        for pk, status in ((ada, one), (ben, two)):
            attendance.mark(session_id=session.pk, enrolment_id=pk, status=Status(status), by=fay, at=now)
    url = reverse("staff:attendance", args=[course.cohort.pk])
    html = text(client.get(url))
    # One meeting is over: one of two came, and the other sent word.
    assert "<dd>50%<small>came to the meetings held so far" in html
    assert "<dd>100%<small>came or sent word" in html
    # The rows mean the same as the heading: of the one meeting that was held; of all three beside it.
    ada_s = html.partition(">Ada Lerner")[2].partition("</tr>")[0]
    ben_s = html.partition(">Ben Lerner")[2].partition("</tr>")[0]
    number = '<td class="cf-number">'
    assert f"{number}100%<small>1 of 1 so far</small></td> {number}100%</td> {number}66%</td>" in ada_s
    assert f"{number}0%<small>0 of 1 so far</small></td> {number}100%</td> {number}0%</td>" in ben_s
    assert "Needs a make-up task" in html
    rows = list(csv.reader(StringIO(client.get(url, {"as": "csv"}).content.decode("utf-8-sig"))))
    assert rows[0][:5] == ["Learner", "E-mail", "Meeting 1", "Meeting 2", "Meeting 3"]
    assert rows[1][2:] == ["Attended", "Attended", "", "2", "0", "0", "0", "240", "66", "66"]
    assert rows[2][2:] == ["Apologised", "Absent", "", "0", "0", "1", "1", "0", "0", "33"]


def test_names_are_no_formulas_in_the_table(
    course: BuiltCourse, held: list[LiveSession], client: Client, now: datetime
) -> None:
    course.enrol(people.person("eve", "=cmd|' /C calc'!A0"), at=now)
    url = reverse("staff:attendance", args=[course.cohort.pk])
    assert "\n'=cmd" in client.get(url, {"as": "csv"}).content.decode().replace('"', "")
