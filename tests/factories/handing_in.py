"""A course with a lesson, a live session and coursework; files to hand in."""

from datetime import datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

from django.test import Client
from PIL import Image

from cms.users.models import User
from courses.actions import editions, sessions
from courses.actions.sessions import Details
from courses.catalogue.outline import Kind
from courses.cohorts.models import CohortStaff
from courses.cohorts.sessions import LiveSession
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse

ODT = b"application/vnd.oasis.opendocument.text"


def course(*, at: datetime, needed: int | None = 1, **coursework: bool) -> BuiltCourse:
    """Stage one: a lesson, a session with a make-up task, coursework. One session is enough."""
    key = ("work", at, needed, *sorted(coursework.items()))
    return build.remembered(key, lambda: _course(at=at, needed=needed, **coursework))


def _course(*, at: datetime, needed: int | None, **coursework: bool) -> BuiltCourse:
    page = build.course_page(code="WORK", slug="work-course", sessions_needed=needed)
    stage = build.stage(page, "First stage")
    build.lesson(stage, "Lesson one")
    build.session_page(stage, "We meet")
    build.coursework_page(stage, "Your plan", **coursework)
    publisher = User.objects.create_user("publisher-work@example.org", "x" * 20)
    edition = editions.publish(course_page=page, by=publisher, at=at)
    day = at.date()
    cohort = build.cohort(
        edition,
        at=at,
        name="Autumn group",
        is_rolling=False,
        starts_on=day - timedelta(days=7),
        ends_on=day + timedelta(days=60),
    )
    return BuiltCourse(page=page, edition=edition, cohort=cohort)


def work_id(course: BuiltCourse) -> int:
    return course.ids(Kind.COURSEWORK)[0]


def session_id(course: BuiltCourse) -> int:
    return course.ids(Kind.LIVE_SESSION)[0]


def staff(course: BuiltCourse, person: User, role: str = CohortStaff.Role.ASSESSOR) -> User:
    CohortStaff.objects.create(cohort=course.cohort, user=person, role=role)
    return person


def meet(course: BuiltCourse, *, by: User, at: datetime, begins: datetime | None = None) -> LiveSession:
    """The session has a date: an hour ago, unless it is said."""
    start = begins or at - timedelta(hours=3)
    details = Details(title="We meet", starts_at=start, ends_at=start + timedelta(hours=2), place="Room 1")
    return sessions.add(
        cohort_id=course.cohort.pk, activity_id=session_id(course), details=details, by=by, at=at
    )


def sign_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def pdf(words: str = "words") -> bytes:
    return b"%PDF-1.7\n" + words.encode() + b"\n%%EOF\n"


def jpeg(*, where: str = "a secret place") -> bytes:
    """A picture that says where it was taken."""
    picture, out, hidden = Image.new("RGB", (8, 8), "teal"), BytesIO(), Image.Exif()
    hidden[0x010E] = where
    picture.save(out, "JPEG", exif=hidden)
    return out.getvalue()


def packed(files: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    return out.getvalue()


def odt() -> bytes:
    return packed({"mimetype": ODT, "content.xml": b"<x/>"})


def docx(**more: bytes) -> bytes:
    return packed({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>", **more})
