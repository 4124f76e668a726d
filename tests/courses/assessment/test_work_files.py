"""What may be handed in as a file: told by its content, whatever it is called."""

from io import BytesIO

import pytest
from PIL import Image

from courses.assessment import work_files
from courses.assessment.work_files import FileRefused, check
from tests.factories import handing_in as make


@pytest.mark.parametrize(
    ("name", "content", "title"),
    [
        ("plan.pdf", make.pdf(), "plan.pdf"),
        ("plan.exe", make.pdf(), "plan.pdf"),
        ("plan", make.odt(), "plan.odt"),
        ("letter.docx", make.docx(), "letter.docx"),
        ("photo.JPG", make.jpeg(), "photo.jpg"),
        ("notes.txt", "Zoë wrote this.\n".encode(), "notes.txt"),
        ("notes.html", b"<script>alert(1)</script>", "notes.txt"),
        ("C:\\Users\\ada\\plan v2.pdf", make.pdf(), "plan v2.pdf"),
        ("../../etc/passwd", b"words", "passwd.txt"),
        ("a\r\nb\u202e.pdf", make.pdf(), "ab.pdf"),
        ("", make.pdf(), "file.pdf"),
    ],
)
def test_a_file_is_called_by_what_is_in_it(name: str, content: bytes, title: str) -> None:
    assert check(name=name, content=content).title == title


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"MZ\x90\x00\x03\x00\x00", "no file that we can take"),
        (make.packed({"evil.sh": b"rm"}), "no file that we can take"),
        (make.docx(**{"word/vbaProject.bin": b"x"}), "no file that we can take"),
        (make.packed({"mimetype": b"application/epub+zip"}), "no file that we can take"),
        (b"PK\x03\x04 not really", "no file that we can take"),
        (b"\xff\xd8\xff not really", "could not be read as a picture"),
        (b"\x89PNG\r\n\x1a\n not really", "could not be read as a picture"),
        (b"\x01\x02\x03\x04" * 40, "no file that we can take"),
    ],
)
def test_anything_else_is_refused_with_what_to_do(content: bytes, sentence: str) -> None:
    with pytest.raises(FileRefused, match=sentence):
        check(name="x", content=content)


def test_twenty_megabytes_are_the_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_files, "LARGEST", 20)
    with pytest.raises(FileRefused, match="larger than 20 MB"):
        check(name="x.pdf", content=make.pdf())


def test_a_picture_loses_where_it_was_taken() -> None:
    found = check(name="photo.jpg", content=make.jpeg(where="12 Example Road"))
    assert b"Example Road" in make.jpeg(where="12 Example Road")
    assert b"Example Road" not in found.content
    assert not Image.open(BytesIO(found.content)).getexif()


def test_a_picture_with_too_many_points_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_files, "MOST_PIXELS", 10)
    with pytest.raises(FileRefused, match="too many points"):
        check(name="photo.jpg", content=make.jpeg())


def test_a_text_of_an_old_windows_program_is_written_anew() -> None:
    assert check(name="a.txt", content="Zoë — 5 £".encode("cp1252")).content == "Zoë — 5 £".encode()
    assert check(name="a.txt", content="Zoë".encode("utf-16")).content == "Zoë".encode()
