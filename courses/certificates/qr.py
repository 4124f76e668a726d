"""The QR code of an address, as a drawing: for pages and for the PDF alike."""

import io

import segno

INK, PAPER = "#1f2a2e", "#ffffff"


def qr_svg(url: str) -> str:
    """An SVG element without inline style, error correction level M.

    Around it is a quiet zone of 4 modules, as readers of QR codes expect.
    """
    drawn = io.BytesIO()
    code = segno.make(url, error="m", boost_error=False, micro=False)
    code.save(
        drawn, kind="svg", dark=INK, light=PAPER, border=4, xmldecl=False, svgns=True, omitsize=True, nl=False
    )
    return drawn.getvalue().decode()
