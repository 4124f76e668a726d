"""A lesson as a learner meets it: contents, notes, easy read, video, where they were, and paper."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from cms.users.models import User
from courses.actions import notes as writing
from courses.actions import reading
from courses.actions.notes import Draft
from courses.cohorts.models import CohortStaff
from courses.enrolment.models import Enrolment
from courses.progress.models import Record
from courses.progress.notes import Note, ReadingPlace
from tests.factories import lessons
from tests.factories.courses import BuiltCourse

SignIn = Callable[[Any], Client]
EASY = [("row", {"image": None, "text": "<p>Help goes both ways.</p>"})]
FETCH = {"X-Requested-With": "fetch"}
WORDS = "canary-private-words"


@pytest.fixture(autouse=True)
def words(course: BuiltCourse) -> None:
    lessons.write(course, body=lessons.body(), easy_read=EASY)


@pytest.fixture
def client(enrolment: Enrolment, sign_in: SignIn) -> Client:
    return sign_in(enrolment.learner)


@pytest.fixture
def page(course: BuiltCourse, enrolment: Enrolment) -> str:
    return reverse("learning:activity", args=[enrolment.pk, course.lesson_id])


def shown(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def note(course: BuiltCourse, text: str, *, sequence: int = 1, prompt: int = 0) -> dict[str, Any]:
    return {"seal": lessons.prompts(course)[prompt].seal, "text": text, "sequence": sequence}


def written(course: BuiltCourse, enrolment: Enrolment, text: str, *, at: datetime, prompt: int = 0) -> None:
    writing.keep(
        enrolment_id=enrolment.pk,
        activity_id=course.lesson_id,
        draft=Draft(lessons.prompts(course)[prompt].seal, text, 1),
        learner=enrolment.learner,
        at=at,
    )


# --- Contents -------------------------------------------------------------------------------------


def test_the_contents_say_what_is_done_open_and_locked(
    course: BuiltCourse, enrolment: Enrolment, client: Client, now: datetime
) -> None:
    lesson_two = course.outline.activities[1].activity_id
    client.post(reverse("learning:done", args=[enrolment.pk, course.lesson_id]))
    text = shown(client, reverse("learning:activity", args=[enrolment.pk, lesson_two]))
    contents = text.split('<details class="contents"')[1].split("</details>")[0]
    assert "contents__step--done" in contents
    assert 'aria-current="page"' in contents
    assert "1 of 2 done" in contents
    assert contents.count("Locked") == 1  # the second stage


# --- Notes ----------------------------------------------------------------------------------------


def test_saving_without_a_script_comes_back_to_the_same_prompt(
    course: BuiltCourse, enrolment: Enrolment, client: Client, page: str
) -> None:
    block = lessons.prompts(course)[1].block
    answer = client.post(f"{page}note/", note(course, "I would listen.", prompt=1))
    assert answer.status_code == 302
    assert answer.url == f"{page}?version=full#prompt-{block}"
    text = shown(client, page)
    assert f'id="prompt-{block}"' in text
    assert "I would listen.</textarea>" in text
    assert "Saved on" in text


def test_a_script_learns_that_and_when_a_note_was_saved(
    course: BuiltCourse, client: Client, page: str
) -> None:
    answer = client.post(f"{page}note/", note(course, "Words", sequence=3), headers=FETCH).json()
    assert answer["saved"] is True
    assert answer["sequence"] == 3
    assert answer["sentence"].startswith("Saved at ")


def test_a_note_that_is_in_the_way_of_a_newer_one_comes_back_with_both(
    course: BuiltCourse, enrolment: Enrolment, client: Client, page: str, now: datetime
) -> None:
    written(course, enrolment, "From the tablet", at=now)
    answer = client.post(f"{page}note/", note(course, "From the phone"))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "From the phone</textarea>" in text
    assert "From the tablet" in text
    assert "choose which to keep" in text
    # Pressing "Save" again is the choice.
    number = text.split('name="sequence" value="')[1].split('"')[0]
    assert (
        client.post(f"{page}note/", note(course, "From the phone", sequence=int(number))).status_code == 302
    )
    assert Note.objects.get().text == "From the phone"


def test_a_script_is_handed_the_newer_note(
    course: BuiltCourse, enrolment: Enrolment, client: Client, page: str, now: datetime
) -> None:
    written(course, enrolment, "From the tablet", at=now)
    answer = client.post(f"{page}note/", note(course, "From the phone"), headers=FETCH)
    assert answer.status_code == 409
    assert answer.json()["other"] == "From the tablet"


def test_a_note_that_is_too_long_stays_in_the_box(course: BuiltCourse, client: Client, page: str) -> None:
    answer = client.post(f"{page}note/", note(course, "y" * 10_001))
    assert answer.status_code == 409
    assert "y" * 10_001 in answer.content.decode()
    assert not Note.objects.exists()


def test_words_sent_after_the_session_ended_wait_for_the_sign_in(
    course: BuiltCourse, enrolment: Enrolment, client: Client, page: str
) -> None:
    client.logout()
    answer = client.post(f"{page}note/", note(course, WORDS))
    assert answer.url.startswith(reverse("account_login"))
    assert not Note.objects.exists()
    client.login(username=enrolment.learner.email, password="x")
    session = dict(client.session)
    client.force_login(enrolment.learner)
    kept = client.session
    kept.update({name: value for name, value in session.items() if name == "draft"})
    kept.save()
    text = shown(client, f"{page}note/")
    assert f"{WORDS}</textarea>" in text
    assert "kept while you signed in" in text


def test_a_script_is_told_that_its_reader_is_signed_out(
    course: BuiltCourse, client: Client, page: str
) -> None:
    client.logout()
    answer = client.post(f"{page}note/", note(course, WORDS), headers=FETCH)
    assert answer.status_code == 401
    assert answer.json() == {"saved": False, "signed_out": True}
    assert WORDS not in str(dict(client.session))


def boxes(text: str) -> dict[str, list[str]]:
    """What a browser without a script sends for the lesson's form, if nothing was typed."""
    soup = BeautifulSoup(text, "html.parser")
    sent: dict[str, list[str]] = {}
    for field in soup.select('[form="lesson-form"][name]:not(button):not(select)'):
        words = field.text.removeprefix("\n") if field.name == "textarea" else str(field["value"])
        sent.setdefault(str(field["name"]), []).append(words)
    return sent


@pytest.mark.parametrize("button", ["done", "place", "version", "note"])
def test_every_button_of_a_lesson_saves_all_notes(
    course: BuiltCourse, enrolment: Enrolment, client: Client, page: str, button: str
) -> None:
    sent = boxes(shown(client, page))
    assert len(sent["text"]) == 2
    sent["text"] = ["Typed first", "Typed\r\nsecond"]
    assert client.post(f"{page}{button}/", sent).status_code == 302
    assert set(Note.objects.values_list("text", flat=True)) == {"Typed first", "Typed\nsecond"}
    assert Record.objects.exists() == (button == "done")


def go_on_button(html: str) -> Any:
    panel = BeautifulSoup(html, "html.parser").select_one(".panel--done")
    assert panel is not None
    return panel.select_one("[name=go_on]")


def test_going_on_from_a_lesson_that_is_done_takes_the_notes_along(
    course: BuiltCourse, enrolment: Enrolment, client: Client, page: str
) -> None:
    client.post(f"{page}done/")
    button = go_on_button(shown(client, page))
    following = course.outline.activities[1].activity_id
    assert (button["form"], button["formaction"], button["value"]) == (
        "lesson-form",
        f"{page}note/",
        str(following),
    )
    sent = boxes(shown(client, page))
    sent["text"] = ["Typed last", ""]
    answer = client.post(button["formaction"], {**sent, "go_on": button["value"]})
    assert (answer.status_code, answer["Location"]) == (302, f"/learning/{enrolment.pk}/{following}/")
    assert Note.objects.get().text == "Typed last"


def test_the_way_to_the_lesson_before_and_after_takes_the_notes_along(
    course: BuiltCourse, enrolment: Enrolment, client: Client, page: str
) -> None:
    """Without JavaScript a link would lose what was typed; easy read has no boxes, and keeps the link."""
    following = course.outline.activities[1].activity_id
    (button,) = BeautifulSoup(shown(client, page), "html.parser").select("nav.turn > *")
    assert (button.name, button["form"], button["name"]) == ("button", "lesson-form", "go_on")
    sent = boxes(shown(client, page))
    sent["text"] = ["Typed last", ""]
    answer = client.post(button["formaction"], {**sent, "go_on": button["value"]})
    assert answer["Location"] == f"/learning/{enrolment.pk}/{following}/"
    assert Note.objects.get().text == "Typed last"
    (link,) = BeautifulSoup(shown(client, f"{page}?version=easy"), "html.parser").select("nav.turn > *")
    assert (link.name, link["href"]) == ("a", f"/learning/{enrolment.pk}/{following}/")


def test_a_note_that_cannot_be_saved_stops_going_on_as_well(client: Client, page: str) -> None:
    client.post(f"{page}done/")
    sent = boxes(shown(client, page))
    sent["text"] = ["x" * 10_001, ""]
    answer = client.post(f"{page}note/", {**sent, "go_on": "1"})
    assert answer.status_code == 409
    assert "x" * 10_001 in answer.content.decode()


@pytest.mark.parametrize("wrong", ["", "no number", "-3", "9" * 400])
def test_going_on_to_nothing_leads_to_all_steps_or_to_a_page_that_is_not_there(
    enrolment: Enrolment, client: Client, page: str, wrong: str
) -> None:
    answer = client.post(f"{page}note/", {"go_on": wrong}, follow=True)
    assert answer.status_code in (200, 404)


def test_easy_read_has_no_boxes_and_goes_on_by_a_link(client: Client, page: str) -> None:
    client.post(f"{page}done/")
    easy = shown(client, f"{page}?version=easy")
    assert go_on_button(easy) is None
    assert "Go on<span" in easy


def test_a_box_that_nobody_touched_is_not_saved_and_stands_in_no_way(
    course: BuiltCourse, enrolment: Enrolment, client: Client, page: str, now: datetime
) -> None:
    before = boxes(shown(client, page))
    written(course, enrolment, "From my other device", at=now)
    assert client.post(f"{page}done/", before).status_code == 302
    assert Note.objects.get().text == "From my other device"


def test_a_note_that_cannot_be_saved_stops_the_button_and_stays_in_its_box(
    course: BuiltCourse, client: Client, page: str
) -> None:
    sent = boxes(shown(client, page))
    sent["text"] = ["x" * 10_001, "The other one"]
    answer = client.post(f"{page}done/", sent)
    assert answer.status_code == 409
    assert "x" * 10_001 in answer.content.decode()
    assert Note.objects.get().text == "The other one"
    assert not Record.objects.exists()
    again = boxes(answer.content.decode())
    again["text"][0] = "Shorter"
    assert client.post(f"{page}done/", again).status_code == 302
    assert {one.text for one in Note.objects.all()} == {"Shorter", "The other one"}


def test_notes_sent_with_done_after_the_session_ended_wait_for_the_sign_in(
    client: Client, enrolment: Enrolment, page: str
) -> None:
    sent = boxes(shown(client, page))
    sent["text"] = [WORDS, "And these"]
    away = Client()
    answer = away.post(f"{page}done/", sent)
    assert answer.status_code == 302
    away.force_login(enrolment.learner)
    text = shown(away, f"{page}note/")
    assert WORDS in text
    assert "And these" in text


def test_notes_for_a_place_that_was_paused_meanwhile_are_shown_to_copy(
    enrolment: Enrolment, client: Client, page: str
) -> None:
    sent = boxes(shown(client, page))
    sent["text"][0] = WORDS
    Enrolment.objects.update(status="suspended")
    answer = client.post(f"{page}done/", sent)
    assert answer.status_code == 403
    assert WORDS in answer.content.decode()
    assert "Copy them" in answer.content.decode()


def test_nothing_of_a_note_is_drawn_as_html(
    course: BuiltCourse, enrolment: Enrolment, client: Client, page: str, now: datetime
) -> None:
    written(course, enrolment, "</textarea><script>alert(1)</script>", at=now)
    for path in (page, reverse("learning:notes", args=[enrolment.pk]), _print(enrolment)):
        assert "<script>alert" not in shown(client, path)


def test_nobody_but_the_learner_reads_a_note(
    course: BuiltCourse,
    enrolment: Enrolment,
    sign_in: SignIn,
    request: pytest.FixtureRequest,
    page: str,
    now: datetime,
) -> None:
    """Not a facilitator of the cohort, not an editor, not an administrator, on any page about a learner."""
    written(course, enrolment, WORDS, at=now)
    for name in ("ben", "cleo", "fay", "ana", "ed", "amy"):
        person: User = request.getfixturevalue(name)
        if name in ("fay", "ana"):
            CohortStaff.objects.create(
                cohort=course.cohort, user=person, role="facilitator" if name == "fay" else "assessor"
            )
        client = sign_in(person)
        for path in (page, f"{page}note/", reverse("learning:notes", args=[enrolment.pk]), _print(enrolment)):
            assert client.get(path).status_code == 404, (name, path)
        for path in (
            reverse("staff:register", args=[course.cohort.pk]),
            f"/admin/users/edit/{enrolment.learner.pk}/",
        ):
            assert WORDS not in shown(client, path), (name, path)


def test_staff_who_look_as_the_learner_see_no_notes(
    course: BuiltCourse, enrolment: Enrolment, sign_in: SignIn, fay: User, page: str, now: datetime
) -> None:
    written(course, enrolment, WORDS, at=now)
    CohortStaff.objects.create(cohort=course.cohort, user=fay, role="facilitator")
    client = sign_in(fay)
    client.post(reverse("staff:look_at_learner", args=[enrolment.pk]))
    seen = client.get(page)
    assert seen.status_code == 200
    assert "Look at a group" in seen.content.decode()
    for path in (page, f"{page}note/", reverse("learning:notes", args=[enrolment.pk]), _print(enrolment)):
        assert WORDS not in shown(client, path), path
    client.post(f"{page}note/", note(course, "From somebody else", sequence=9))
    assert Note.objects.get().text == WORDS


def test_the_page_of_notes_has_all_of_them_in_the_order_of_the_course(
    course: BuiltCourse, enrolment: Enrolment, client: Client, now: datetime
) -> None:
    written(course, enrolment, "Written first", at=now, prompt=1)
    written(course, enrolment, "Written second", at=now, prompt=0)
    text = shown(client, reverse("learning:notes", args=[enrolment.pk]))
    assert text.index("Look at a group") < text.index("Written second") < text.index("Written first")
    assert f"#prompt-{lessons.prompts(course)[0].block}" in text


def test_notes_outlive_their_prompts(
    course: BuiltCourse, enrolment: Enrolment, client: Client, now: datetime
) -> None:
    written(course, enrolment, WORDS, at=now)
    lessons.write(course, body=[("paragraph", "<p>All new.</p>")])
    text = shown(client, reverse("learning:notes", args=[enrolment.pk]))
    assert WORDS in text
    assert "Look at a group" in text
    assert "not in the lesson any more" in text


@pytest.mark.parametrize("is_done", [True, False])
def test_a_place_that_ended_says_since_when_who_helps_and_where_the_notes_are(
    course: BuiltCourse, enrolment: Enrolment, sign_in: SignIn, ada: User, now: datetime, is_done: bool
) -> None:
    if is_done:
        course.do_lessons(enrolment, at=now)
    Enrolment.objects.update(status="ended", ended_at=now)
    page = sign_in(ada).get(f"/learning/{enrolment.pk}/{course.lesson_id}/")
    shown = " ".join(page.content.decode().split())
    assert page.status_code == 403
    for said in (
        "Your place on this course ended on 23 November 2026",
        "What you have done is kept, and so are your notes.",
        "read and answer questions on this course.",
        f'href="{reverse("learning:ask", args=[enrolment.pk])}">Ask to come back</a>',
        f'href="{reverse("learning:notes", args=[enrolment.pk])}"',
    ):
        assert said in shown, said
    assert "not open yet" not in shown
    assert "Who decides?" not in shown


def test_a_place_that_is_paused_says_so_on_a_lesson(
    course: BuiltCourse, enrolment: Enrolment, sign_in: SignIn, ada: User
) -> None:
    Enrolment.objects.update(status="suspended")
    shown = sign_in(ada).get(f"/learning/{enrolment.pk}/{course.lesson_id}/").content.decode()
    assert "This is not open at the moment" in shown
    assert "Your place on this course is paused" in shown
    assert "Ask about this" in shown


def test_notes_can_be_read_after_the_place_has_ended(
    course: BuiltCourse, enrolment: Enrolment, client: Client, page: str, now: datetime
) -> None:
    written(course, enrolment, WORDS, at=now)
    Enrolment.objects.update(status="ended", ended_at=now)
    assert client.get(page).status_code == 403
    assert WORDS in shown(client, reverse("learning:notes", args=[enrolment.pk]))


def test_a_page_without_notes_says_how_to_begin(enrolment: Enrolment, client: Client) -> None:
    assert "You have not written any notes yet" in shown(
        client, reverse("learning:notes", args=[enrolment.pk])
    )


# --- Easy read ------------------------------------------------------------------------------------


def test_the_choice_of_easy_read_is_remembered(client: Client, page: str) -> None:
    assert "Help goes both ways" not in shown(client, page)
    assert client.post(f"{page}version/", {"version": "easy"}).url == page
    text = shown(client, page)
    assert "Help goes both ways" in text
    assert "Who decides?" not in text
    client.post(f"{page}version/", {"version": "full"})
    assert "Who decides?" in shown(client, page)


def test_a_link_shows_the_other_version_once(client: Client, page: str) -> None:
    assert "Help goes both ways" in shown(client, f"{page}?version=easy")
    assert "Help goes both ways" not in shown(client, page)
    client.post(f"{page}version/", {"version": "easy"})
    assert "Who decides?" in shown(client, f"{page}?version=full")


def test_a_lesson_without_easy_read_says_so_to_those_who_like_it(
    course: BuiltCourse, enrolment: Enrolment, client: Client, page: str
) -> None:
    lessons.write(course, body=lessons.body())
    assert "no easy-read version" not in shown(client, page)
    reading.choose_version(learner=enrolment.learner, is_easy=True)
    text = shown(client, page)
    assert "There is no easy-read version of this lesson yet" in text
    assert "Who decides?" in text


# --- Where the reader is --------------------------------------------------------------------------


def test_the_place_is_remembered_with_and_without_a_script(client: Client, page: str) -> None:
    answer = client.post(f"{page}place/", {"anchor": "part-what-gets-in-the-way"}, headers=FETCH)
    assert answer.status_code == 204
    assert "Go on where you were: “What gets in the way”" in shown(client, page)
    assert client.post(f"{page}place/", {"anchor": "part-an-evening"}).url == page
    assert "We will remember that you are at “An evening”" in shown(client, page)
    assert ReadingPlace.objects.get().heading == "An evening"
    assert not Record.objects.exists()


def test_a_place_in_a_locked_part_is_refused_in_words(
    course: BuiltCourse, enrolment: Enrolment, client: Client
) -> None:
    path = reverse("learning:place", args=[enrolment.pk, course.quiz_id])
    assert client.post(path, headers=FETCH).status_code == 204
    assert client.post(path).url == reverse("learning:course", args=[enrolment.pk])
    assert not ReadingPlace.objects.exists()


def test_opening_a_lesson_keeps_no_place(client: Client, page: str) -> None:
    client.get(page)
    assert not ReadingPlace.objects.exists()


# --- Video ----------------------------------------------------------------------------------------


def test_only_a_lesson_with_a_video_may_show_its_player(
    course: BuiltCourse, client: Client, page: str
) -> None:
    assert "frame-src" not in client.get(page).headers["Content-Security-Policy"]
    lessons.write(course, body=[lessons.video()])
    answer = client.get(page)
    text = answer.content.decode()
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-src https://player.vimeo.com;" in f"{policy};"
    assert "youtube" not in policy
    # Nothing is asked of the provider by the page itself: no frame, no picture, no script of theirs.
    assert "<iframe" not in text
    assert 'src="https://' not in text
    assert 'href="https://vimeo.com/76979871"' in text
    assert lessons.TRANSCRIPT in text


# --- On paper -------------------------------------------------------------------------------------


def _print(enrolment: Enrolment) -> str:
    return reverse("learning:print_stage", args=[enrolment.pk, 1])


def test_the_print_pack_has_every_open_lesson_with_everything_in_it(
    course: BuiltCourse, enrolment: Enrolment, client: Client, now: datetime
) -> None:
    lessons.write(course, body=[*lessons.body(), lessons.video()])
    written(course, enrolment, WORDS, at=now)
    text = shown(client, _print(enrolment))
    assert [text.count(f"<h2>{title}</h2>") for title in ("Lesson one", "Lesson two")] == [1, 1]
    assert text.index("Lesson one</h2>") < text.index("Lesson two</h2>")
    assert WORDS in text
    assert "Room for your notes" in text
    assert lessons.TRANSCRIPT in text
    assert text.count("<details") == text.count(" open>") == 2


def test_a_locked_stage_cannot_be_printed_and_a_quiz_never(
    course: BuiltCourse, enrolment: Enrolment, client: Client, now: datetime
) -> None:
    second = reverse("learning:print_stage", args=[enrolment.pk, 2])
    assert "This opens when you have finished" in shown(client, second)
    course.do_lessons(enrolment, at=now)
    text = shown(client, second)
    assert "First one" not in text
    assert "canary-feedback" not in text
    assert client.get(reverse("learning:print_stage", args=[enrolment.pk, 3])).status_code == 404
