"""Pictures: what they carry is left out, and a drawing that could do something is not taken."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cms.core.models import SiteImage
from cms.core.picture_files import PictureRefused, cleaned
from cms.core.svg import harm_in
from cms.users.models import User

GPS, ORIENTATION, ON_ITS_SIDE = 0x8825, 0x0112, 6
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 4 4">'
HARMLESS = HEAD + '<style>path{fill:url(#a)}</style><path id="a" d="M0 0h4v4z"/><use href="#a"/></svg>'


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def photo(kind: str = "JPEG", *, orientation: int = 1, frames: int = 1, comment: bool = False) -> bytes:
    """A photograph that knows where it was taken."""
    picture = Image.new("RGB", (60, 40), "teal")
    exif = picture.getexif()
    exif[ORIENTATION] = orientation
    exif.get_ifd(GPS)[1] = "N"
    out = BytesIO()
    more = [Image.new("RGB", (60, 40), "navy")] * (frames - 1)
    options: dict[str, Any] = {"save_all": True, "append_images": more} if more else {}
    if comment:
        options["comment"] = b"taken at home"
    picture.save(out, format=kind, exif=exif, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photograph_forgets_where_it_was_taken(kind: str) -> None:
    before, after = photo(kind), cleaned(photo(kind), f"holiday.{kind.lower()}")
    assert Image.open(BytesIO(before)).getexif().get_ifd(GPS)
    assert not len(Image.open(BytesIO(after)).getexif())
    assert Image.open(BytesIO(after)).format == kind


def test_a_photograph_on_its_side_is_put_upright() -> None:
    after = Image.open(BytesIO(cleaned(photo(orientation=ON_ITS_SIDE), "holiday.jpg")))
    assert after.size == (40, 60)


def test_words_hidden_in_a_photograph_are_left_out() -> None:
    assert b"taken at home" not in cleaned(photo(comment=True), "holiday.jpg")


def test_a_moving_picture_keeps_its_frames() -> None:
    after = Image.open(BytesIO(cleaned(photo("WEBP", frames=3), "moving.webp")))
    assert getattr(after, "n_frames", 1) == 2  # two of the three are the same


def test_a_picture_without_hidden_facts_is_stored_as_it_came() -> None:
    out = BytesIO()
    Image.new("RGB", (8, 8), "teal").save(out, format="PNG")
    assert cleaned(out.getvalue(), "plain.png") == out.getvalue()


def test_whatever_way_a_picture_comes_in_it_is_stored_clean(db: None) -> None:
    image = SiteImage.objects.create(title="Holiday", file=ContentFile(photo(), name="holiday.jpg"))
    with image.file.open() as stored:
        assert not len(Image.open(stored).getexif())


def test_a_picture_that_code_stores_first_is_clean_too(db: None) -> None:
    image = SiteImage(title="Holiday")
    image.file.save("holiday.jpg", ContentFile(photo()), save=False)
    image.save()
    assert (image.width, image.height) == (60, 40)
    with image.file.open() as stored:
        assert not len(Image.open(stored).getexif())


def test_a_harmful_drawing_is_not_stored_by_code_either(db: None) -> None:
    bad = ContentFile((HEAD + "<script>1</script></svg>").encode(), name="bad.svg")
    with pytest.raises(PictureRefused):
        SiteImage.objects.create(title="Bad", file=bad, width=1, height=1)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<path onclick="alert(1)"/>',
        '<path ONLOAD="alert(1)"/>',
        '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>',
        '<p xmlns="http://www.w3.org/1999/xhtml">x</p>',
        '<image href="https://example.org/x.png"/>',
        '<use xlink:href="other.svg#a"/>',
        '<a xlink:href="javascript:alert(1)"><path/></a>',
        '<image href="data:image/svg+xml;base64,PHN2Zy8+"/>',
        '<path style="fill:url(https://example.org/x)"/>',
        '<path fill="url(//example.org/x)"/>',
        "<style>@import 'https://example.org/x.css';</style>",
        r"<style>path{fill:\75rl(https://example.org)}</style>",
        '<set attributeName="href" to="javascript:alert(1)"/>',
        "<animate/>",
        "<iframe/>",
        "<?xml-stylesheet href='https://example.org/x.css'?>",
    ],
)
def test_a_drawing_that_could_do_something_is_refused(inside: str) -> None:
    assert harm_in((HEAD + inside + "</svg>").encode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_script_is_seen_in_every_encoding(encoding: str) -> None:
    assert harm_in(f'<?xml version="1.0" encoding="{encoding}"?>{HEAD}<script/></svg>'.encode(encoding))


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE svg [<!ENTITY a 'aaaa'>]>" + HEAD + "<text>&a;</text></svg>",
        "<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/hostname'>]>" + HEAD + "<text>&a;</text></svg>",
        '<?xml-stylesheet href="https://example.org/x.css"?>' + HEAD + "</svg>",
        "<html><svg/></html>",
        "<svg/>",
        "GIF89a",
        "",
        HEAD,
    ],
)
def test_what_is_not_a_plain_drawing_is_refused(text: str) -> None:
    assert harm_in(text.encode())


def test_a_plain_drawing_is_taken() -> None:
    assert harm_in(HARMLESS.encode()) == ""


@given(st.binary(max_size=200))
def test_no_bytes_make_the_check_fail_loudly(data: bytes) -> None:
    harm_in(data)
    harm_in(HEAD.encode() + data)


def _upload(client: Client, name: str, data: bytes) -> Any:
    file = SimpleUploadedFile(name, data)
    return client.post(reverse("wagtailimages:add"), {"title": "A picture", "file": file, "collection": 1})


def test_an_editor_adds_a_photograph(ed: User, sign_in: Any) -> None:
    _upload(sign_in(ed), "holiday.jpg", photo())
    image = SiteImage.objects.get()
    assert image.uploaded_by_user == ed
    with image.file.open() as stored:
        assert not len(Image.open(stored).getexif())


def test_an_editor_adds_a_plain_drawing(ed: User, sign_in: Any) -> None:
    _upload(sign_in(ed), "drawing.svg", HARMLESS.encode())
    assert SiteImage.objects.get().is_svg()


def test_an_editor_reads_why_a_drawing_is_not_taken(ed: User, sign_in: Any) -> None:
    answer = _upload(sign_in(ed), "drawing.svg", (HEAD + "<script>1</script></svg>").encode())
    assert "This drawing holds something that runs or moves." in answer.content.decode()
    assert not SiteImage.objects.exists()


def test_a_picture_that_unfolds_too_far_is_not_taken(ed: User, sign_in: Any, settings: Any) -> None:
    settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS = 2399
    answer = _upload(sign_in(ed), "holiday.jpg", photo())
    assert "too many pixels" in answer.content.decode()
    assert not SiteImage.objects.exists()


def test_something_else_with_the_name_of_a_picture_is_not_taken(ed: User, sign_in: Any) -> None:
    answer = _upload(sign_in(ed), "holiday.png", b"<script>alert(1)</script>")
    assert "Not a valid .png image" in answer.content.decode()
    assert not SiteImage.objects.exists()


def test_a_picture_offers_no_file_name_as_its_description(db: None) -> None:
    image = SiteImage.objects.create(title="IMG_0042", file=ContentFile(photo(), name="holiday.jpg"))
    assert image.default_alt_text == ""
