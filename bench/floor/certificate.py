"""The site's certificate, with words that are there already: what the compiler and the code alone cost."""

import importlib.util
import io
import json
from functools import cache
from pathlib import Path

import segno
import typst

TEMPLATE = Path(__file__).parents[2] / "courses/certificates/certificate.typ"
FONTS = "fontpkg_noto_sans"
STANDARDS = ["ua-1", "a-2a"]
STAGES = ["Starting out", "What groups do", "Working beside a group", "Safety and limits"]
OUTCOMES = [
    "Say what a self-help group is, and what it is not",
    "Tell apart what a group and what a service can do",
    "Introduce somebody to a group without pushing them",
    "Notice when a group needs help, and ask before helping",
]


def draw(number: int) -> bytes:
    """Draw the certificate with this number, to the same standards as the site's own."""
    code = f"{number:08}" + "FLOOR" * 4
    url = f"http://127.0.0.1/certificates/{code}/"
    face = [
        ("Started", "1 May 2026"),
        ("Completed", "9 June 2026"),
        ("Issued", "9 June 2026"),
        ("Time", f"{number % 50 + 1} hours"),
    ]
    data = {
        "kind": "Certificate of completion",
        "name": f"Person {number}",
        "name_is_rtl": False,
        "course_title": "A course in forty parts",
        "provider": "Floor",
        "face": face,
        "below": [],
        "rows": [
            ("Name", f"Person {number}"),
            ("Course", "A course in forty parts"),
            *face,
            ("Assessment", ["A quiz of twenty questions at the end of each stage", "All lessons were read"]),
            ("Certificate number", code),
        ],
        "stages": STAGES,
        "outcomes": OUTCOMES,
        "statement": "It says that the course was completed. It is no professional qualification.",
        "notice": "This is a demonstration. It certifies nothing.",
        "code": code,
        "url": url,
        "qr": _qr(url),
        "missing": "",
        "fonts": ["Noto Sans"],
        "has_long_word": False,
    }
    return _compiler().compile(
        input=TEMPLATE, sys_inputs={"data": json.dumps(data)}, pdf_standards=STANDARDS, timestamp=number
    )


def _qr(url: str) -> str:
    out = io.BytesIO()
    segno.make(url, error="m", boost_error=False, micro=False).save(out, kind="svg", border=4)
    return out.getvalue().decode()


@cache
def _compiler() -> typst.Compiler:
    package = importlib.util.find_spec(FONTS)
    folder = Path(package.origin).parent / "files"
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
    return typst.Compiler(root=TEMPLATE.parent, font_paths=fonts)
