"""One page of a tagged PDF with a QR code: what the compiler and the code cost by themselves."""

import importlib.util
import io
import json
from functools import cache
from pathlib import Path

import segno
import typst

TEMPLATE = Path(__file__).with_name("certificate.typ")
FONTS = "fontpkg_noto_sans"
STANDARDS = ["ua-1", "a-2a"]


def draw(number: int) -> bytes:
    """Draw the certificate with this number, to the same standards as the site's own."""
    code = f"{number:08}-floor"
    url = f"http://127.0.0.1/certificates/{code}/"
    facts = [("Started", "1 May 2026"), ("Completed", "9 June 2026"), ("Time", f"{number % 50 + 1} hours")]
    data = {"name": f"Person {number}", "facts": facts, "code": code, "url": url, "qr": _qr(url)}
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
