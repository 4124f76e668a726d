"""Course files that were made to do harm, or are simply broken: refused whole, with nothing written."""

import hashlib
import io
import json
import stat
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from cms.core.glossary import GlossaryTerm
from courses.assessment.models import Question
from courses.catalogue.models import Course
from courses.catalogue.pages import CoursePage
from courses.exchange import archive, importing
from courses.exchange.exporting import export_course
from courses.exchange.format import CourseFileRefused
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse

Files = dict[str, bytes]


@pytest.fixture
def good(course: BuiltCourse) -> Files:
    """The files of a good course file, whose course is then in the way by its code only."""
    with zipfile.ZipFile(io.BytesIO(export_course(course.page))) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def packed(files: Files, more: Iterable[tuple[zipfile.ZipInfo | str, bytes]] = ()) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
        for info, content in more:
            zipped.writestr(info, content)
    out.seek(0)
    return out


def summed(files: Files) -> Files:
    """The same files, with a list of files that agrees."""
    manifest = json.loads(files["manifest.json"])
    others = {name: content for name, content in files.items() if name != "manifest.json"}
    manifest["files"] = {name: hashlib.sha256(content).hexdigest() for name, content in others.items()}
    return {"manifest.json": json.dumps(manifest).encode(), **others}


def edited(files: Files, change: Callable[[dict[str, Any]], object], name: str = "course.json") -> Files:
    data = json.loads(files[name])
    change(data)
    return summed({**files, name: json.dumps(data).encode()})


def everything() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Course, CoursePage, Question, GlossaryTerm))


def on_disk() -> set[Path]:
    folders = (Path(django_settings.MEDIA_ROOT), Path(django_settings.PRIVATE_ROOT))
    return {file for folder in folders for file in folder.rglob("*") if file.is_file()}


def refusal(file: io.BytesIO, code: str = "NEW") -> str:
    """What is said; and that nothing was written by looking or by trying."""
    before, files = everything(), on_disk()
    with pytest.raises(CourseFileRefused) as looked:
        importing.check(file=file, code=code)
    file.seek(0)
    with pytest.raises(CourseFileRefused) as tried:
        importing.import_course(file=file, code=code)
    assert tried.value.remarks == looked.value.remarks
    assert (everything(), on_disk()) == (before, files)
    return "\n".join(str(remark) for remark in tried.value.remarks)


# --- The archive ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"%PDF-1.7", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"PK\x05\x06" + b"\0" * 10]
)
def test_what_is_no_zip_file_is_refused(db: None, content: bytes) -> None:
    assert "not a course file" in refusal(io.BytesIO(content))


@pytest.mark.parametrize(
    "name",
    [
        "../course.json",
        "pictures/../../settings.py",
        "/etc/passwd",
        "C:\\windows\\course.json",
        "c:/course.json",
        "pictures\\picture-1.png",
        "Course.json",
        "COURSE.JSON",
        "pictures/",
        "pictures/picture-1.png/x",
        "pictures/picture-1.svg.exe",
        "notes.txt",
        "pictures/pïcture-1.png",
        ".hidden",
    ],
)
def test_a_name_that_leaves_the_folder_or_is_not_ours_is_refused(good: Files, name: str) -> None:
    assert "no file of this name" in refusal(packed(good, [(name, b"x")]))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused(good: Files) -> None:
    assert "there twice" in refusal(packed(good, [("course.json", b"{}")]))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO, stat.S_IFCHR])
def test_a_link_or_anything_but_a_plain_file_is_refused(good: Files, kind: int) -> None:
    info = zipfile.ZipInfo("pictures/picture-9.png")
    info.external_attr = (kind | 0o777) << 16
    assert "not an ordinary file" in refusal(packed(good, [(info, b"/etc/passwd")]))


def test_a_file_that_is_locked_with_a_password_is_refused(good: Files) -> None:
    content = bytearray(packed(good).getvalue())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    assert "password" in refusal(io.BytesIO(bytes(content)))


def test_a_bomb_is_refused_before_it_is_unpacked(good: Files) -> None:
    assert "unpacks to far more" in refusal(packed(good, [("pictures/picture-9.png", b"\0" * 5_000_000)]))


def test_a_file_that_says_it_is_small_and_is_not_is_refused(good: Files) -> None:
    content = packed({**good, "glossary.json": b'{"words": {}}' + b" " * 5000}).getvalue()
    size = (len(b'{"words": {}}') + 5000).to_bytes(4, "little")
    assert refusal(io.BytesIO(content.replace(size, (20).to_bytes(4, "little"))))


def test_too_many_too_large_and_altogether_too_much_are_refused(
    good: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_FILES", 2)
    assert "more than 2 files" in refusal(packed(good))
    monkeypatch.undo()
    monkeypatch.setattr(archive, "MOST_BYTES_OF_TEXT", 10)
    assert "larger than" in refusal(packed(good))
    monkeypatch.undo()
    monkeypatch.setattr(archive, "MOST_BYTES", 10)
    assert "Unpacked it is larger" in refusal(packed(good))


def test_a_packing_that_is_not_known_is_refused(good: Files) -> None:
    info = zipfile.ZipInfo("pictures/picture-9.png")
    info.compress_type = zipfile.ZIP_LZMA
    assert "packed in a way" in refusal(packed(good, [(info, b"x")]))


def test_a_damaged_file_is_refused(good: Files) -> None:
    content = bytearray(packed(good).getvalue())
    start = content.index(b"course.json") + 60
    content[start : start + 20] = b"\xff" * 20
    assert "damaged" in refusal(io.BytesIO(bytes(content)))


# --- The list of files ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": "something-else"}, "not a course file"),
        ({"version": 2}, "has version 2"),
        ({"version": "1"}, "has version 1"),
        ({"version": True}, "has version True"),
        ({"files": None}, "list of files is missing"),
        ({"files": {}}, "not in the list of files"),
        ({"files": {"course.json": "0" * 64, "pictures/picture-1.png": "0"}}, "This file is missing"),
    ],
)
def test_a_list_of_files_that_does_not_agree_is_refused(
    good: Files, change: dict[str, Any], said: str
) -> None:
    manifest = {**json.loads(good["manifest.json"]), **change}
    assert said in refusal(packed({**good, "manifest.json": json.dumps(manifest).encode()}))


def test_words_that_somebody_changed_afterwards_are_refused(good: Files) -> None:
    assert "sum is another" in refusal(packed({**good, "course.json": good["course.json"] + b" "}))


@pytest.mark.parametrize("name", ["manifest.json", "course.json"])
def test_a_file_that_must_be_there_is_missed(good: Files, name: str) -> None:
    assert "missing" in refusal(packed({n: c for n, c in good.items() if n != name}))


# --- JSON -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[]",
        b"null",
        b'{"a": NaN}',
        b'{"identity": {}, "identity": {}}',
        b"\xff\xfe{}",
        b"[" * 100_000,
        b'{"identity": {"title": "a\\u0000b"}}',
        b"{}",
    ],
    ids=["broken", "list", "null", "no number", "twice", "not UTF-8", "deep", "NUL", "empty"],
)
def test_json_that_is_not_what_it_should_be_is_refused(good: Files, content: bytes) -> None:
    assert "course.json" in refusal(packed(summed({**good, "course.json": content})))


# --- What is in it --------------------------------------------------------------------------------


def lesson(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = data["stages"][0]["activities"][0]
    return found


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: lesson(d).update(kind="game"), "no activities of the kind “game”"),
        (lambda d: lesson(d).update(title=""), "A page has no title"),
        (lambda d: lesson(d).update(title="x" * 300), "longer than 255"),
        (lambda d: lesson(d).update(slug="not a slug!"), "slug"),
        (lambda d: lesson(d).update(self_directed_minutes="10"), "self_directed_minutes"),
        (lambda d: lesson(d).update(self_directed_minutes=-1), "self_directed_minutes"),
        (lambda d: lesson(d).update(self_directed_minutes=10**12), "self_directed_minutes"),
        (lambda d: lesson(d).update(is_required="yes"), "is_required"),
        (lambda d: lesson(d).update(body={}), "body"),
        (lambda d: lesson(d).update(body=[{"type": "raw_html", "value": "<script>"}]), "raw_html"),
        (lambda d: lesson(d).update(body=[{"type": "paragraph", "value": {"a": 1}}]), "body"),
        (lambda d: lesson(d).update(body=[{"type": "heading", "value": {"text": ["x"]}}]), "body"),
        (
            lambda d: lesson(d).update(body=[{"type": "heading", "value": {"level": "9", "text": "x"}}]),
            "body",
        ),
        (lambda d: lesson(d).update(ref="course"), "same name"),
        (lambda d: d.update(stages={}), "“stages” does not hold"),
        (lambda d: d["stages"][0].update(activities=[1]), "“activities” does not hold"),
        (lambda d: d["stages"][1]["activities"][0].update(questions=["question-99"]), "question is missing"),
        (lambda d: d["stages"][1]["activities"][0].update(pass_mark_percent=101), "pass_mark_percent"),
        (lambda d: d["stages"][1]["activities"][0].update(must_be_right=["question-9"]), "does not ask it"),
        (
            lambda d: d["stages"][1]["activities"][0].update(must_be_right="question-1"),
            "“must_be_right” does",
        ),
        (lambda d: d["stages"][1]["activities"][0].update(must_be_right=[1]), "“must_be_right” does"),
        (lambda d: d["identity"].update(title=""), "no code or no title"),
        (lambda d: d["pictures"].update({"picture-1": {"file": "pictures/../x.png"}}), "file is missing"),
        (lambda d: d["pictures"].update({"picture-1": {"file": "course.json"}}), "file is missing"),
        (lambda d: d.update(documents=[]), "“documents” does not hold"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(good: Files, change: Callable[..., object], said: str) -> None:
    assert said in refusal(packed(edited(good, change)))


def test_a_question_without_a_right_answer_is_refused(good: Files) -> None:
    def change(data: dict[str, Any]) -> None:
        for option in data["questions"]["question-1"]["options"]:
            option["value"]["is_right"] = False

    assert "at least one answer as right" in refusal(packed(edited(good, change, "questions.json")))


def test_everything_that_is_wrong_is_told_at_once(good: Files) -> None:
    def change(data: dict[str, Any]) -> None:
        lesson(data).update(is_required=1, kind="lesson", body=3)

    assert len(refusal(packed(edited(good, change))).splitlines()) >= 2


@pytest.mark.parametrize(
    ("ending", "content"),
    [
        ("png", b"<html><script>alert(1)</script></html>"),
        ("png", b"GIF89a"),
        ("exe", b"MZ"),
        ("svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("svg", b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>'),
    ],
)
def test_a_picture_that_is_none_is_refused_like_an_upload(good: Files, ending: str, content: bytes) -> None:
    path = f"pictures/picture-1.{ending}"
    files = edited({**good, path: content}, lambda d: d["pictures"].update({"picture-1": {"file": path}}))
    assert path in refusal(packed(files))


@pytest.mark.parametrize("ending", ["exe", "html", "svg", "js", "zip"])
def test_a_document_of_a_kind_that_cannot_be_uploaded_is_refused(good: Files, ending: str) -> None:
    path = f"documents/document-1.{ending}"
    files = edited({**good, path: b"MZ"}, lambda d: d["documents"].update({"document-1": {"file": path}}))
    assert path in refusal(packed(files))


def test_a_failure_while_writing_leaves_nothing_behind(good: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document is on the disk already when the last page fails."""
    path = "documents/document-1.txt"
    files = edited(
        {**good, path: b"A form."}, lambda d: d["documents"].update({"document-1": {"file": path}})
    )
    before, there = everything(), on_disk()
    wrote: list[set[Path]] = []

    def fail(*args: object, **kwargs: object) -> None:
        wrote.append(on_disk() - there)
        raise RuntimeError("The power went.")

    monkeypatch.setattr(importing.Making, "_write", fail)
    with pytest.raises(RuntimeError):
        importing.import_course(file=packed(files), code="NEW")
    assert wrote[0], "the control: the file was there"
    assert (everything(), on_disk()) == (before, there)


XSS = [
    ("<p onclick='x()'>a</p>", "<p>a</p>"),
    ("<p>a<script>alert(1)</script></p>", "<p>a</p>"),
    ("<p><a href='javascript:alert(1)'>a</a></p>", "<p>a</p>"),
    ("<p><a href='java\tscript:alert(1)'>a</a></p>", "<p>a</p>"),
    ("<p><a href='data:text/html,x'>a</a></p>", "<p>a</p>"),
    ("<p><img src=x onerror=alert(1)>a</p>", "<p>a</p>"),
    ("<iframe src='https://example.org'></iframe><p>a</p>", "<p>a</p>"),
    ("<svg><animate onbegin=alert(1)></svg><p>a</p>", "<p>a</p>"),
    ("<p><embed embedtype='media' url='https://example.org'/>a</p>", "<p>a</p>"),
    ("<p><a linktype='page' ref='stage-99'>a</a></p>", "<p>a</p>"),
    ("<p><a linktype='page' id='1'>a</a></p>", "<p>a</p>"),
    ("<p><a linktype='document' ref='course'>a</a></p>", "<p>a</p>"),
    ("<p><a href='/admin/'>a</a></p>", "<p>a</p>"),
    ("<h1>a</h1>", "a"),
    ("<p style='position:fixed'><b>a</b></p>", "<p><b>a</b></p>"),
    (
        "<p><a href='https://example.org/' target='_blank'>a</a></p>",
        '<p><a href="https://example.org/">a</a></p>',
    ),
]


@pytest.mark.parametrize(("typed", "kept"), XSS)
def test_texts_keep_only_what_the_editor_could_have_made(good: Files, typed: str, kept: str) -> None:
    block = {"type": "paragraph", "value": typed}
    files = edited(good, lambda data: lesson(data).update(body=[block]))
    found = importing.import_course(file=packed(files), code="NEW")
    page = build.LessonPage.objects.descendant_of(found.page).get(title="Lesson one")
    assert page.body[0].value.source == kept
    if "<b>" not in kept and "href" not in kept:
        assert any("Left out" in remark.sentence for remark in found.remarks) or "onclick" in typed
