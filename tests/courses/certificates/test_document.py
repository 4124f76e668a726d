import io
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

import page
import pikepdf
import pypdf
import pytest
import typst

from cms.core import typesetting
from courses.certificates.document import Drawing, draw, letters_without_shape
from courses.certificates.facts import Facts
from courses.certificates.wording import rows

CODE = "7K3M-9QRT-X2VB-4HNC-8WDE-6ZJP-5AHW"
URL = "https://learning.example.org/certificates/7K3M9QRTX2VB4HNC8WDE6ZJP5AHW/"
ISSUED_AT = 1_795_392_000

FACTS = Facts(
    kind="Certificate of completion",
    course_code="LL-SHG",
    course_title="Working with self-help groups",
    edition_number=2,
    provider="Lived Learning",
    stages=("What self-help is", "What the evidence says"),
    outcomes=(
        "You can explain what self-help is.",
        "You can support a group without taking it over.",
    ),
    started_on=date(2026, 11, 2),
    completed_on=date(2026, 11, 21),
    issued_on=date(2026, 11, 23),
    self_directed_minutes=135,
    participatory_minutes=60,
    assessment=("Passed the quiz “What self-help is” with 88% (pass mark 75%)",),
    accreditation="",
    statement="This certificate is not a qualification or a licence to practise.",
    notice="This is a demonstration.",
)
LONG_NAME = ("Maria-Magdalena Wilhelmina Featherstonehaugh-Cholmondeley van den Bergh " * 3)[:200].strip()
MANY = replace(
    FACTS,
    course_title="Working beside self-help groups in health, social care and communities: " * 3,
    provider="The Partnership for Learning with Groups, Neighbourhoods and Networks " * 3,
    stages=tuple(f"Stage about theme {number}" for number in range(30)),
    outcomes=tuple(f"You can say what was learnt about theme {number}." for number in range(90)),
    assessment=tuple(f"Passed the quiz about theme {number} with 88%" for number in range(30)),
    notice="This is a demonstration with a very long notice. " * 30,
)
NAMES = {
    "plain": "Ada Okonkwo-Byrne",
    "accents": "Zoë Nguyễn Łukasz Şahin Ðorđević",
    "greek and cyrillic": "Νίκος Оксана",
    "arabic": "فاطمة بنت محمد الزهراء",
    "persian with a joiner": "علی\u200cرضا",
    "hebrew": "מִרְיָם כהן-לוי",
    "devanagari": "श्रीमती लक्ष्मी देवी",
    "thai": "สมชาย ใจดี พงษ์ศักดิ์",
    "script": "<script>alert('x')</script>",
    "formula": "=cmd|' /C calc'!A0",
    "markup": '#panic("no") $x^2$ *bold* _it_ `raw` @ref <label> \\ // no',
    "quotes": "\"}], 'Ada' \\u0041 ${x}",
    "controls": "Ada\x00 \x07\r\n\u2028Okonkwo\x85",
    "directions": "\u202eadA\u202c \u2066Okonkwo\ufeff",
    "half of a pair": "Ada \ud800 Okonkwo",
    "long": LONG_NAME,
    "long without a gap": "W" * 200,
    "long in arabic": "فاطمة بنت محمد " * 13,
    "long in thai": "สมชายใจดี" * 20,
    "emoji": "Ada 👩‍👩‍👧 ❤️",
    "chinese": "山田太郎",
    "long in chinese": "山田太郎" * 50,
    "no such letter": "\ufdd0\ue000\U000e0041",
}


def draw_now(name: str = "Ada Okonkwo-Byrne", facts: Facts = FACTS) -> Drawing:
    return draw(facts=facts, name=name, code_grouped=CODE, verify_url=URL, timestamp=ISSUED_AT)


drawn = cache(draw_now)


def text_of(pdf: bytes) -> str:
    """The words of all pages, with every gap as one space."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(one.extract_text() for one in pages).split())


def structure_of(pdf: bytes) -> Iterator[Any]:
    """Every element of the structure tree, in reading order."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        waiting: list[Any] = [opened.Root.StructTreeRoot]
        while waiting:
            element = waiting.pop()
            if not isinstance(element, pikepdf.Dictionary):
                continue
            if "/S" in element:
                yield element
            children: Any = element.get("/K", [])
            waiting += reversed(children if isinstance(children, pikepdf.Array) else [children])


def kinds_in(pdf: bytes) -> list[str]:
    return [str(element.S) for element in structure_of(pdf)]


def descriptions_in(pdf: bytes) -> list[str]:
    return [str(element.Alt) for element in structure_of(pdf) if "/Alt" in element]


# What it says


def test_every_fact_is_printed() -> None:
    text = text_of(drawn().pdf)
    for label, value in rows(FACTS):
        assert label in text
        assert value in text
    for value in (*FACTS.stages, *FACTS.outcomes, FACTS.kind, FACTS.statement, FACTS.notice):
        assert value in text


def test_the_name_and_the_number_are_on_the_page_to_frame_and_in_the_record() -> None:
    pages = pypdf.PdfReader(io.BytesIO(drawn().pdf)).pages
    assert len(pages) == 2
    for one in pages:
        assert "Ada Okonkwo-Byrne" in one.extract_text()
        assert CODE in one.extract_text()


def test_the_page_to_frame_says_what_it_is_not() -> None:
    first = " ".join(pypdf.PdfReader(io.BytesIO(drawn().pdf)).pages[0].extract_text().split())
    assert FACTS.statement in first
    assert FACTS.notice in first
    assert "None. No outside body has accredited this course." in first


def test_a_certificate_with_little_to_say_has_no_empty_headings() -> None:
    bare = replace(FACTS, stages=(), outcomes=(), assessment=(), notice="", statement="")
    text = text_of(drawn(facts=bare).pdf)
    assert "Stages completed" not in text
    assert "Learning outcomes met" not in text
    assert "There was no assessment." in text


def test_many_outcomes_run_on_to_more_pages_and_none_is_lost() -> None:
    pdf = drawn(facts=MANY).pdf
    text = text_of(pdf)
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) > 2
    for value in (*MANY.stages, *MANY.outcomes):
        assert value in text
    assert text.count("88%") == len(MANY.assessment)


def test_the_check_page_can_be_reached_by_link_and_by_qr_code() -> None:
    pdf = drawn().pdf
    first = pypdf.PdfReader(io.BytesIO(pdf)).pages[0]
    notes: Any = first["/Annots"]
    assert {note.get_object()["/A"]["/URI"] for note in notes} == {URL}
    assert descriptions_in(pdf) == [
        f"QR code that opens the page where this certificate can be checked: {URL}"
    ]


# How it can be read


def test_title_author_language_and_date_are_in_the_file() -> None:
    with pikepdf.open(io.BytesIO(drawn().pdf)) as opened:
        info = opened.docinfo
        assert info["/Title"] == "Certificate of completion: Working with self-help groups"
        assert info["/Author"] == "Lived Learning"
        assert str(info["/CreationDate"]).startswith("D:20261123")
        assert opened.Root.Lang == "en-GB"
        assert opened.Root.ViewerPreferences.DisplayDocTitle
        assert opened.Root.MarkInfo.Marked
        with opened.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")


def test_nothing_about_the_person_is_in_the_title() -> None:
    with pikepdf.open(io.BytesIO(drawn().pdf)) as opened:
        assert "Ada" not in str(opened.docinfo["/Title"])


def test_headings_lists_and_the_link_are_tagged() -> None:
    kinds = kinds_in(drawn().pdf)
    assert [kind for kind in kinds if re.fullmatch(r"/H\d", kind)] == ["/H1", "/H2", "/H3", "/H3"]
    assert kinds.count("/L") == 3
    assert kinds.count("/Link") == 1
    assert kinds.count("/Figure") == 1


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize(("profile", "rules"), [("pdf-ua-1", 104), ("pdf-a-2a", 154)])
def test_any_name_passes_the_rules_for_reading_aloud_and_for_keeping(
    name: str, profile: str, rules: int
) -> None:
    drawing = drawn(name)
    report = page.validate_pdf_bytes(drawing.pdf, profile=profile)
    assert drawing.is_accessible
    assert [failure.message for failure in report.failures] == []
    assert report.rules.passed == rules


@pytest.mark.parametrize("profile", ["pdf-ua-1", "pdf-a-2a"])
def test_a_certificate_of_many_pages_passes_the_same_rules(profile: str) -> None:
    assert page.is_pdf_compliant_bytes(drawn(facts=MANY).pdf, profile=profile)


# Any name at all


@pytest.mark.parametrize("kind", ["script", "formula", "quotes", "accents", "greek and cyrillic"])
def test_a_name_is_printed_letter_by_letter(kind: str) -> None:
    assert NAMES[kind] in text_of(drawn(NAMES[kind]).pdf)


def test_markup_is_never_evaluated_wherever_it_stands() -> None:
    bad = NAMES["markup"]
    facts = replace(FACTS, kind=bad, course_code=bad, course_title=bad, provider=bad)
    facts = replace(facts, stages=(bad,), outcomes=(bad,), assessment=(bad,))
    facts = replace(facts, accreditation=bad, statement=bad, notice=bad)
    drawing = drawn(bad, facts)
    assert drawing.is_accessible
    assert text_of(drawing.pdf).count('#panic("no") $x^2$ *bold*') >= 10


def test_control_characters_become_spaces_and_direction_tricks_go() -> None:
    assert "Ada Okonkwo" in text_of(drawn(NAMES["controls"]).pdf)
    assert "adA Okonkwo" in text_of(drawn(NAMES["directions"]).pdf)


@pytest.mark.parametrize("kind", ["arabic", "hebrew", "devanagari", "thai", "persian with a joiner"])
def test_letters_of_many_scripts_need_no_warning(kind: str) -> None:
    assert drawn(NAMES[kind]).warning == ""
    assert letters_without_shape(NAMES[kind]) == ()


def test_a_letter_that_no_font_has_is_a_box_described_by_that_letter() -> None:
    drawing = drawn("Ada 山田 ❤️")
    assert drawing.is_accessible
    assert drawing.warning == "No font has a shape for ❤ 山 田: a box stands for each on the certificate."
    assert {"山田", "❤"} <= set(descriptions_in(drawing.pdf))
    assert "Each small box stands for a letter" in text_of(drawing.pdf)
    assert "Each small box" not in text_of(drawn().pdf)


def test_a_letter_that_no_font_has_may_stand_in_the_facts() -> None:
    drawing = drawn(facts=replace(FACTS, course_title="Groups 🎉", outcomes=("You can 🎉.",)))
    assert drawing.is_accessible
    assert "🎉" in drawing.warning


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("Ada", ()),
        ("", ()),
        ("Ada 田山田 🎉", ("田", "山", "🎉")),
        ("❤️", ("❤",)),
        ("\x00\u200b\u200d", ()),
        ("#panic()", ()),
    ],
)
def test_people_can_be_told_which_letters_have_no_shape(text: str, letters: tuple[str, ...]) -> None:
    assert letters_without_shape(text) == letters


def test_when_even_boxes_fail_a_plainer_file_is_drawn_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without_boxes = typesetting._data
    monkeypatch.setattr(
        typesetting, "_data", lambda values, _missing, kept: without_boxes(values, set(), kept)
    )
    drawing = draw_now("Ada 山田")
    assert not drawing.is_accessible
    assert "山 田" in drawing.warning
    assert "Ada" in text_of(drawing.pdf)


def test_a_fault_of_the_template_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "_data", lambda values, missing, kept: "{}")
    with pytest.raises(typst.TypstError):
        draw_now()


def test_a_font_package_that_is_not_installed_is_named() -> None:
    with pytest.raises(ModuleNotFoundError, match="fontpkg_of_nobody"):
        typesetting._font_folder("fontpkg_of_nobody")


# Nothing is cut off and nothing overlaps


@dataclass(frozen=True)
class Box:
    """One run of glyphs, in points from the bottom left of its page, as high as a capital."""

    left: float
    bottom: float
    right: float
    top: float

    def overlaps(self, other: "Box") -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        up = min(self.top, other.top) - max(self.bottom, other.bottom)
        return across > 1 and up > 1


def boxes_on(sheet: pikepdf.Page) -> list[Box]:
    """Where the text of a page stands, worked out from its drawing instructions."""
    fonts = {name: glyph_widths(font) for name, font in sheet.resources.Font.items()}
    found: list[Box] = []
    stack: list[pikepdf.Matrix] = []
    matrix = at = pikepdf.Matrix()
    for step in pikepdf.parse_content_stream(sheet):
        operands: Any = step.operands
        match str(step.operator):
            case "q":
                stack.append(matrix)
            case "Q":
                matrix = stack.pop()
            case "cm":
                matrix = pikepdf.Matrix(*map(float, operands)) @ matrix
            case "Tf":
                widths, size = fonts[str(operands[0])], float(operands[1])
            case "Tm":
                at = pikepdf.Matrix(*map(float, operands))
            case "Tj" | "TJ":
                run = width_of(operands[0], widths) * size / 1000
                left, bottom = (at @ matrix).transform((0, 0))
                right, top = (at @ matrix).transform((run, size * 0.7))
                found.append(Box(left, bottom, right, top))
    return found


def glyph_widths(font: Any) -> dict[int, float]:
    """Width of each glyph in thousandths of the font size, from a CID font's /W array."""
    widths: dict[int, float] = {}
    entries = list(font.DescendantFonts[0].get("/W", []))
    while entries:
        first, second = int(entries.pop(0)), entries.pop(0)
        if isinstance(second, pikepdf.Array):
            widths |= {first + place: float(width) for place, width in enumerate(second)}
        else:
            widths |= dict.fromkeys(range(first, int(second) + 1), float(entries.pop(0)))
    return widths


def width_of(shown: Any, widths: dict[int, float]) -> float:
    total = 0.0
    for part in shown if isinstance(shown, pikepdf.Array) else [shown]:
        if isinstance(part, pikepdf.String):
            glyphs = bytes(part)
            total += sum(widths.get(int.from_bytes(glyphs[i : i + 2]), 0) for i in range(0, len(glyphs), 2))
        else:
            total -= float(part)
    return total


def all_boxes(pdf: bytes) -> list[list[Box]]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return [boxes_on(sheet) for sheet in opened.pages]


def test_the_measuring_sees_an_overlap_and_text_that_leaves_the_page() -> None:
    source = b"""#set text(font: "Noto Sans")
        #place(dx: 5mm)[Over] #place(dx: 5mm, dy: 1mm)[lapping]
        #place(dy: 50mm, box(width: 900pt)[#h(1fr)Out])"""
    over, lapping, out = all_boxes(typesetting.compiled("{}", [], 0, source))[0]
    assert over.overlaps(lapping)
    assert not over.overlaps(out)
    assert out.right > WIDTH


WIDTH, HEIGHT, MARGIN = 841.9, 595.3, 20


USUAL_AND_LONG = [(name, FACTS) for name in NAMES.values()] + [(LONG_NAME, MANY)]


@pytest.mark.parametrize(("name", "facts"), USUAL_AND_LONG, ids=[*NAMES, "long with many facts"])
def test_all_text_stays_inside_the_page(name: str, facts: Facts) -> None:
    for boxes in all_boxes(drawn(name, facts).pdf):
        assert boxes
        assert min(box.left for box in boxes) > MARGIN
        assert max(box.right for box in boxes) < WIDTH - MARGIN
        assert min(box.bottom for box in boxes) > MARGIN
        assert max(box.top for box in boxes) < HEIGHT - MARGIN


@pytest.mark.parametrize("facts", [FACTS, MANY], ids=["usual", "many"])
@pytest.mark.parametrize("kind", ["plain", "long", "long without a gap"])
def test_no_text_overlaps_other_text(kind: str, facts: Facts) -> None:
    for boxes in all_boxes(drawn(NAMES[kind], facts).pdf):
        clashes = [(a, b) for place, a in enumerate(boxes) for b in boxes[:place] if a.overlaps(b)]
        assert clashes == []


def test_a_short_name_is_the_largest_text_on_the_page() -> None:
    heights = [box.top - box.bottom for box in all_boxes(drawn("Ada").pdf)[0]]
    assert max(heights) == pytest.approx(44 * 0.7, abs=0.5)


def test_a_name_of_200_characters_is_still_larger_than_the_small_print() -> None:
    first = all_boxes(drawn(LONG_NAME).pdf)[0]
    name_lines = sorted(box.top - box.bottom for box in first)[-6:]
    assert min(name_lines) > 13 * 0.7


# The same every time


def test_the_same_input_gives_the_same_bytes() -> None:
    assert draw_now().pdf == draw_now().pdf


def test_a_fresh_compiler_gives_the_same_bytes() -> None:
    before = draw_now().pdf
    typesetting._compiler.cache_clear()
    assert draw_now().pdf == before


def test_another_name_or_date_gives_other_bytes() -> None:
    later = draw(
        facts=FACTS,
        name="Ada Okonkwo-Byrne",
        code_grouped=CODE,
        verify_url=URL,
        timestamp=ISSUED_AT + 1,
    )
    assert len({drawn().pdf, drawn("Ben").pdf, later.pdf}) == 3


def test_threads_that_draw_at_once_each_get_their_own_certificate() -> None:
    people = [f"Person number {number}" for number in range(12)]
    alone = [drawn(person).pdf for person in people]
    typesetting._compiler.cache_clear()
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda person: draw_now(person).pdf, people))
    assert together == alone


def test_only_the_fonts_of_the_packages_are_used() -> None:
    with pikepdf.open(io.BytesIO(drawn(" ".join(NAMES.values())[:150]).pdf)) as opened:
        fonts = {
            str(font.BaseFont).split("+")[-1]
            for sheet in opened.pages
            for font in sheet.resources.Font.values()
        }
    assert fonts
    assert all(font.startswith(("NotoSans", "Heebo")) for font in fonts)


def test_fonts_that_are_not_looked_at_would_have_changed_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    one = {"facts": FACTS, "name": NAMES["accents"], "code_grouped": CODE, "verify_url": URL}
    latin = draw(**one, timestamp=ISSUED_AT)
    monkeypatch.setattr(typesetting, "_LATIN", re.compile("nothing is"))
    assert draw(**one, timestamp=ISSUED_AT) == latin


def test_the_first_font_has_every_letter_that_is_taken_for_latin() -> None:
    letters = "".join(filter(typesetting._LATIN.fullmatch, map(chr, range(0x20, 0x2030))))
    data = json.dumps({"text": letters, "fonts": [next(iter(typesetting.FONTS.values()))]})
    assert typesetting.compiled(data, typesetting.STANDARDS, 0, typesetting._PROBE)
