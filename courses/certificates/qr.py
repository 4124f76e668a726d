"""The QR code of an address, as a drawing."""

import io

import segno


def qr_svg(url: str) -> str:
    """An SVG element without inline style, 4 modules of quiet zone, error correction level M."""
    buffer = io.BytesIO()
    code = segno.make(url, error="m", micro=False)
    code.save(
        buffer,
        kind="svg",
        border=4,
        xmldecl=False,
        svgns=True,
        omitsize=True,
        light="#ffffff",
        nl=False,
    )
    return buffer.getvalue().decode()
