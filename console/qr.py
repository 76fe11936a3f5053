"""QR codes, drawn into the page."""

import io

import segno
from markupsafe import Markup


def qr_svg(text: str) -> Markup:
    """A QR code as an element of the page. Dark on light in every colour scheme, or phones can't
    read it.
    """
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=True,
        border=4,
        dark="#000",
        light="#fff",
        svgclass="qr",
        lineclass=None,
        omitsize=True,
    )
    # Only our own text went in, and only squares come out.
    return Markup(out.getvalue().decode())  # noqa: S704
