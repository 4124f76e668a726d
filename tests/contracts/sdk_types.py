"""The types that Stripe's library brings along, with every name in them looked up.

They are generated from the description of exactly the API version that the library speaks, so they say
what may be asked and what is answered. Many names in them are only there for type checkers: those imports
are read from the source and made here.
"""

import ast
import builtins
import importlib
import inspect
import sys
import typing
from functools import cache
from typing import Any

import stripe
import typing_extensions
from stripe._object_classes import OBJECT_CLASSES

# Keys of every TypedDict of parameters that are for the library itself: headers, or not sent at all.
OPTIONS = frozenset(stripe.RequestOptions.__annotations__)


@cache
def class_of(name: str) -> type | None:
    """The class of the objects that call themselves so; None for what the library does not know."""
    if name not in OBJECT_CLASSES:
        return None
    module, attribute = OBJECT_CLASSES[name]
    return typing.cast("type", getattr(importlib.import_module(module), attribute))


@cache
def fields(of: type) -> dict[str, Any]:
    """Name and type of each field of an object or a TypedDict; what is the library's own is left out."""
    found: dict[str, Any] = {}
    for one in reversed(inspect.getmro(of)):
        if one.__module__.startswith("stripe") and one is not stripe.StripeObject:
            found |= _own_fields(one)
    return {
        name: kind
        for name, kind in found.items()
        if not name.startswith("_") and typing.get_origin(kind) is not typing.ClassVar
    }


def _own_fields(of: type) -> dict[str, Any]:
    left_out = OPTIONS if typing_extensions.is_typeddict(of) else set()
    written = inspect.get_annotations(of)
    ours = {name: kind for name, kind in written.items() if name not in left_out}
    holder = type("Holder", (), {"__annotations__": ours})
    names = _Names(of)
    hints: dict[str, Any] = typing_extensions.get_type_hints(holder, names, names, include_extras=True)
    return hints


class _Names(dict[str, Any]):
    """All that an annotation inside a class can name."""

    def __init__(self, of: type) -> None:
        module = sys.modules[of.__module__]
        super().__init__({**vars(builtins), **_for_type_checkers(of.__module__), **vars(module)})
        self.update({name: value for name, value in vars(of).items() if isinstance(value, type)})


@cache
def _for_type_checkers(module: str) -> dict[str, Any]:
    """What stands under `if TYPE_CHECKING:` in a module."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    blocks = [
        node
        for node in tree.body
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    ]
    return {
        alias.asname or alias.name: getattr(importlib.import_module(line.module), alias.name)
        for block in blocks
        for line in block.body
        if isinstance(line, ast.ImportFrom) and line.module
        for alias in line.names
    }
