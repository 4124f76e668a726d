"""Is a drawing only a drawing? An SVG file is a document that can run scripts and fetch things; ours may not.

Source of the names of elements: Scalable Vector Graphics (SVG) 1.1, Second Edition, appendix of elements.
What moves is left out with what runs: a picture that moves by itself troubles readers too.
"""

import re
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Sentence = str | Promise

SVG = "http://www.w3.org/2000/svg"
XHTML = "http://www.w3.org/1999/xhtml"
NAMES = """
    svg g defs symbol use title desc metadata style switch path rect circle ellipse line polyline polygon
    text tspan textPath image marker pattern clipPath mask linearGradient radialGradient stop filter
    feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting
    feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur
    feImage feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile
    feTurbulence view
"""
ELEMENTS = frozenset(NAMES.split())
RASTER = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*")
ADDRESS_IN_STYLE = re.compile(r"url\(\s*['\"]?\s*([^)'\"\s]*)", re.IGNORECASE)

BROKEN = _("This drawing could not be read. Please save it again as plain SVG, or as PNG.")
RUNS = _("This drawing holds something that runs or moves. Please save it as plain SVG, or as PNG.")
OUTSIDE = _("This drawing fetches something from elsewhere. Please save it as plain SVG, or as PNG.")
ENTITIES = _("This drawing has entities in its first lines. Please save it as plain SVG, or as PNG.")
OTHER = _("This drawing holds parts of a web page. Please save it as plain SVG, or as PNG.")


class _Watcher:
    """Meets every part of the file once, and remembers the first harm."""

    def __init__(self) -> None:
        self.harm: Sentence = ""
        self.depth = 0
        self.style: list[str] = []
        self.in_style = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, name = _parted(tag)
        if not self.depth and (namespace, name) != (SVG, "svg"):
            self._found(BROKEN)
        self.depth += 1
        if namespace in {XHTML, ""}:
            self._found(OTHER)
        elif namespace == SVG and name not in ELEMENTS:
            self._found(OTHER if name == "foreignObject" else RUNS)
        self.in_style = name == "style"
        for key, value in attributes.items():
            self._found(_harm_of(_parted(key)[1], value))

    def end(self, tag: str) -> None:
        self.in_style = False

    def data(self, text: str) -> None:
        if self.in_style:
            self.style.append(text)

    def pi(self, target: str, data: str | None = None) -> None:
        self._found(OUTSIDE)

    def close(self) -> Sentence:
        self._found(_harm_in_style("".join(self.style)))
        return self.harm

    def _found(self, harm: Sentence) -> None:
        self.harm = self.harm or harm


def harm_in(data: bytes) -> Sentence:
    """A sentence for whoever sent the drawing when it is more than a drawing; empty when it is harmless."""
    parser = DefusedXMLParser(target=_Watcher(), forbid_entities=True, forbid_external=True)
    try:
        parser.feed(data)
        harm: Sentence = parser.close()
    except DefusedXmlException:
        return ENTITIES
    except (ParseError, ValueError, LookupError):
        return BROKEN
    return harm


def _parted(name: str) -> tuple[str, str]:
    """The namespace and the local name of an element or attribute."""
    namespace, found, local = name[1:].partition("}") if name.startswith("{") else ("", "", name)
    return namespace, local if found or not namespace else name


def _harm_of(attribute: str, value: str) -> Sentence:
    if attribute.lower().startswith("on"):
        return RUNS
    if attribute.lower() in {"href", "src"}:
        target = value.strip()
        return "" if target.startswith("#") or RASTER.fullmatch(target) else OUTSIDE
    if attribute == "style" or "(" in value:
        return _harm_in_style(value)
    return ""


def _harm_in_style(text: str) -> Sentence:
    """A backslash can hide any word in a style, so a style with one is not taken."""
    if "\\" in text or "@import" in text.lower() or "javascript:" in text.lower():
        return OUTSIDE
    addresses = ADDRESS_IN_STYLE.findall(text)
    return "" if all(address.startswith("#") or RASTER.match(address) for address in addresses) else OUTSIDE
