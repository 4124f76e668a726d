"""The page of components: every part that pages are made of, in all its states, drawn by its own template.

For people who write templates or check designs. What is missing here is missing in a test too
(tests/cms/core/test_components.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.core.blocks import EasyReadBlock, LessonBodyBlock
from cms.core.component_samples import listed

# Parts of every page's frame: this page shows them by having them.
FRAME = frozenset({"site_head", "site_header", "site_footer", "page_header", "fields", "looking_banner"})


@dataclass(frozen=True, slots=True)
class State:
    """One state of a component, drawn."""

    label: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class Component:
    """A component, when to use it, and its states."""

    name: str
    title: str
    when: str
    states: list[State] = field(default_factory=list)
    # The list that items of this kind stand in.
    list_class: str = ""


@require_safe
def components_page(request: HttpRequest) -> HttpResponse:
    """Every component and every block. Anybody who may enter the admin may see it."""
    found = [*components(request), *block_components()]
    return render(request, "staff/components.html", {"components": found})


def components(request: HttpRequest | None = None) -> Iterator[Component]:
    """Every template in templates/components that is not part of the frame."""
    for name, title, when, states, *rest in listed():
        drawn = [
            State(label, mark_safe(render_to_string(f"components/{name}.html", context, request)))  # noqa: S308
            for label, context in states
        ]
        yield Component(name, title, when, drawn, *rest)


def block_components() -> Iterator[Component]:
    """Every block that editors may use, with the preview that the editor shows of it."""
    blocks = {**LessonBodyBlock().child_blocks, **EasyReadBlock().child_blocks}
    for name, block in blocks.items():
        html = block.bind(block.get_preview_value()).render()
        yield Component(
            f"block-{name}",
            _("Block: %(name)s") % {"name": block.label},
            str(block.meta.description or ""),
            [State("", mark_safe(f'<div class="prose">{html}</div>'))],  # noqa: S308 - drawn by its template
        )
