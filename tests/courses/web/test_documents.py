"""Uploaded files: a file that only a lesson uses is no way round the lesson, and players can skip ahead."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client
from wagtail.models import ReferenceIndex

from cms.core.models import SiteDocument
from cms.users.models import User
from courses.cohorts.models import CohortStaff
from courses.enrolment.models import Enrolment
from home.models import InformationPage
from tests.factories import courses as build
from tests.factories import lessons
from tests.factories.courses import BuiltCourse

SignIn = Callable[[Any], Client]
SOUND = bytes(range(256)) * 400  # 102,400 bytes: two chunks


def upload(name: str, content: bytes = SOUND) -> SiteDocument:
    document = SiteDocument(title=name)
    document.file.save(name, ContentFile(content))
    document.save()
    document.file.close()
    return document


@pytest.fixture
def document(course: BuiltCourse) -> SiteDocument:
    """A sound that only the first lesson uses."""
    found = upload("a-talk.mp3")
    sound = {"title": "A talk", "sound": found, "minutes": 1, "transcript": "<p>Every word.</p>"}
    page = lessons.write(course, body=[("sound", sound)])
    ReferenceIndex.create_or_update_for_object(page)
    return found


@pytest.fixture
def learner(enrolment: Enrolment, sign_in: SignIn) -> Client:
    return sign_in(enrolment.learner)


def get(client: Client, document: SiteDocument, **headers: str) -> Any:
    """The answer, with all of its bytes in `whole`; a file that is not closed fails the test run."""
    answer: Any = client.get(
        document.url, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    answer.whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
    # Only what the answer holds: closing the whole answer would end the test's own connection.
    for close in answer._resource_closers:
        close()
    return answer


def test_a_file_of_a_lesson_is_for_its_learners_and_its_staff(
    course: BuiltCourse,
    document: SiteDocument,
    enrolment: Enrolment,
    sign_in: SignIn,
    request: pytest.FixtureRequest,
) -> None:
    CohortStaff.objects.create(cohort=course.cohort, user=request.getfixturevalue("fay"), role="facilitator")
    answers = {
        name: get(sign_in(request.getfixturevalue(name)), document).status_code
        for name in ("ada", "ben", "cleo", "fay", "ana", "ed", "amy")
    }
    assert get(Client(), document).status_code == 404
    assert answers == {"ada": 200, "ben": 404, "cleo": 404, "fay": 200, "ana": 404, "ed": 200, "amy": 200}


def test_a_place_that_has_ended_opens_no_files(
    document: SiteDocument, learner: Client, now: datetime
) -> None:
    Enrolment.objects.update(status="ended", ended_at=now)
    assert get(learner, document).status_code == 404


def test_a_file_that_a_public_page_offers_is_public(document: SiteDocument) -> None:
    body = [("download", {"title": "A talk", "file": document, "about": ""})]
    page = build._add(build.home(), InformationPage(title="Talks", slug="talks", body=body))
    ReferenceIndex.create_or_update_for_object(page)
    assert get(Client(), document).status_code == 200
    page.unpublish()
    assert get(Client(), document).status_code == 404


def test_a_file_that_nothing_uses_yet_is_for_editors_only(
    course: BuiltCourse, ada: User, sign_in: SignIn
) -> None:
    document = upload("draft.pdf")
    assert get(Client(), document).status_code == 404
    assert get(sign_in(ada), document).status_code == 404


def test_files_are_not_below_what_a_web_server_hands_out(document: SiteDocument) -> None:
    stored = Path(document.file.path)
    assert Path(settings.PRIVATE_ROOT) in stored.parents
    assert Path(settings.MEDIA_ROOT) not in stored.parents


def test_a_lesson_file_is_never_kept_by_a_cache(document: SiteDocument, learner: Client) -> None:
    assert "no-store" in get(learner, document).headers["Cache-Control"]


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-", 0, 102_399),
        ("bytes=100-199", 100, 199),
        ("bytes=65530-65545", 65_530, 65_545),
        ("bytes=102000-999999", 102_000, 102_399),
        ("bytes=-10", 102_390, 102_399),
        ("bytes=-999999", 0, 102_399),
    ],
)
def test_a_player_gets_the_part_it_asks_for(
    document: SiteDocument, learner: Client, wanted: str, first: int, last: int
) -> None:
    answer = get(learner, document, Range=wanted)
    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/102400"
    assert int(answer.headers["Content-Length"]) == last - first + 1
    assert answer.headers["Content-Type"] == "audio/mpeg"
    assert answer.whole == SOUND[first : last + 1]


@pytest.mark.parametrize("wanted", ["", "bytes=5-1,7-9", "bytes=a-b", "lines=1-2", "bytes=-", "bytes= 1-2"])
def test_what_is_no_single_part_gets_everything_or_a_clear_no(
    document: SiteDocument, learner: Client, wanted: str
) -> None:
    answer = get(learner, document, Range=wanted)
    if wanted == "bytes=-":
        assert answer.status_code == 416
        return
    assert answer.status_code == 200
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.whole == SOUND


@pytest.mark.parametrize("wanted", ["bytes=102400-", "bytes=500-400", "bytes=-0"])
def test_a_part_outside_the_file_is_refused(document: SiteDocument, learner: Client, wanted: str) -> None:
    answer = get(learner, document, Range=wanted)
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == "bytes */102400"


def test_a_part_of_another_file_is_never_mixed_in(document: SiteDocument, learner: Client) -> None:
    stamp = get(learner, document).headers["ETag"]
    same = get(learner, document, Range="bytes=1-2", If_Range=stamp)
    other = get(learner, document, Range="bytes=1-2", If_Range='"another"')
    assert (same.status_code, other.status_code) == (206, 200)


def test_kind_and_size_are_told_in_words(db: None) -> None:
    assert upload("sheet.pdf", b"x" * 2048).kind_and_size == "PDF, 2.0\xa0KB"
    assert upload("words.vtt", b"WEBVTT").kind_and_size == "captions, 6\xa0bytes"
