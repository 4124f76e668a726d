"""Judges requests and answers by the types of Stripe's own library; gives what is wrong, in sentences.

What is asked comes as it was sent: all text. The library leaves its enumerations open for what Stripe may
add later; what we send and what the stand-in answers must be one of those that are known today.
"""

import re
import types
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin

import stripe
from stripe._error_object import ErrorObject
from stripe._stripe_object import UntypedStripeObject
from typing_extensions import is_typeddict

from tests.contracts import sdk_types

WHOLE = re.compile(r"-?\d+")
SENT = {int: WHOLE, bool: re.compile("true|false"), float: re.compile(r"-?\d+(\.\d+)?")}
ANSWERED: dict[type, tuple[type, ...]] = {
    int: (int,),
    bool: (bool,),
    float: (int, float),
    str: (str,),
    Decimal: (str,),
}
ERROR_TYPES = {"api_error", "card_error", "idempotency_error", "invalid_request_error"}


def in_request(params: type, sent: Mapping[str, Any]) -> list[str]:
    """What is wrong with the parameters of a request, decoded but still text."""
    return _dict(params, sent, "request", sent_as_text=True)


def in_answer(answered: Any, *, kind: str = "") -> list[str]:
    """What is wrong with an object that was answered. `kind` is what it must be, if that is known."""
    if not isinstance(answered, Mapping):
        return ["answer: is no object"]
    name = answered.get("object")
    found = sdk_types.class_of(str(name))
    if found is None:
        return [f"answer.object: nothing is called {name!r}"]
    if kind and name != kind:
        return [f"answer.object: is {name!r}, not {kind!r}"]
    if name == "list":
        return _list(answered, "answer")
    problems = _dict(found, answered, f"{name}")
    if name == "event":
        problems += [f"event.data.{one}" for one in in_answer(answered["data"]["object"])]
    return problems


def in_error(answered: Any) -> list[str]:
    """What is wrong with an answer that says no."""
    if not isinstance(answered, Mapping) or set(answered) != {"error"}:
        return ["error: is not there"]
    problems = _dict(ErrorObject, answered["error"], "error")
    kind = answered["error"].get("type")
    return problems if kind in ERROR_TYPES else [*problems, f"error.type: {kind!r} is not known"]


def _list(answered: Mapping[str, Any], path: str) -> list[str]:
    problems = _dict(stripe.ListObject, {**answered, "data": []}, path)
    for place, one in enumerate(answered.get("data", [])):
        problems += [f"{path}.data[{place}] {problem}" for problem in in_answer(one)]
    return problems


def _dict(of: Any, value: Any, path: str, *, sent_as_text: bool = False) -> list[str]:
    """Compare fields: those that are unknown, those that are missing, and those of another type."""
    if not isinstance(value, Mapping):
        return [f"{path}: {value!r} is not {of.__name__}"]
    known = sdk_types.fields(of)
    problems = [f"{path}.{name}: is not known" for name in value if name not in {*known, "object"}]
    for name, kind in known.items():
        here = f"{path}.{name}"
        if name in value:
            problems += _any(kind, value[name], here, sent_as_text=sent_as_text)
        elif _must_be_there(of, kind):
            problems.append(f"{here}: is missing")
    return problems


def _must_be_there(of: type, kind: Any) -> bool:
    if is_typeddict(of):
        return get_origin(kind) is not NotRequired
    return type(None) not in get_args(kind) and kind is not Any


def _any(kind: Any, value: Any, path: str, *, sent_as_text: bool) -> list[str]:
    """Compare one value with its type."""
    judge = next(judge for fits, judge in JUDGES if fits(kind))
    return judge(kind, value, path, sent_as_text=sent_as_text)


def _anything(kind: Any, value: Any, path: str, *, sent_as_text: bool) -> list[str]:
    return []


def _wrapped(kind: Any, value: Any, path: str, *, sent_as_text: bool) -> list[str]:
    return _any(get_args(kind)[0], value, path, sent_as_text=sent_as_text)


def _word(kind: Any, value: Any, path: str, *, sent_as_text: bool) -> list[str]:
    words = get_args(kind)
    return [] if value in words else [f"{path}: {value!r} is none of {', '.join(map(repr, words))}"]


def _union(kind: Any, value: Any, path: str, *, sent_as_text: bool) -> list[str]:
    """One of these must fit; if none does, what is wrong with the one that is nearest."""
    inside = get_args(kind)
    if value is None and type(None) in inside:
        return []
    has_words = any(get_origin(one) is Literal for one in inside)
    left_open = {str} if has_words else set()
    kinds = [one for one in inside if one is not type(None) and one not in left_open]
    # What is there in full is no number of it.
    nearer = [one for one in kinds if one is not str] if isinstance(value, Mapping) else []
    found = [_any(one, value, path, sent_as_text=sent_as_text) for one in nearer or kinds]
    return min(found, key=len)


def _items(kind: Any, value: Any, path: str, *, sent_as_text: bool) -> list[str]:
    if not isinstance(value, list):
        return [f"{path}: {value!r} is no list"]
    inside = get_args(kind)[0]
    inside = get_args(kind)[0]
    found = [
        _any(inside, one, f"{path}[{place}]", sent_as_text=sent_as_text) for place, one in enumerate(value)
    ]
    return [problem for one in found for problem in one]


def _values(kind: Any, value: Any, path: str, *, sent_as_text: bool) -> list[str]:
    if not isinstance(value, Mapping):
        return [f"{path}: {value!r} has no keys"]
    inside = get_args(kind)[-1]
    found = [_any(inside, one, f"{path}.{name}", sent_as_text=sent_as_text) for name, one in value.items()]
    return [problem for one in found for problem in one]


def _page(kind: Any, value: Any, path: str, *, sent_as_text: bool) -> list[str]:
    return _list(value, path) if isinstance(value, Mapping) else [f"{path}: is no list"]


def _plain(kind: Any, value: Any, path: str, *, sent_as_text: bool) -> list[str]:
    if sent_as_text:
        form = SENT.get(kind)
        fits = isinstance(value, str) and (form is None or form.fullmatch(value) is not None)
    else:
        fits = isinstance(value, ANSWERED[kind]) and (kind is bool or not isinstance(value, bool))
    return [] if fits else [f"{path}: {value!r} is not {kind.__name__}"]


# Which sort of type is compared how; the first that fits.
JUDGES: list[tuple[Callable[[Any], bool], Callable[..., list[str]]]] = [
    (lambda kind: kind is Any, _anything),
    (lambda kind: get_origin(kind) in {NotRequired, Required}, _wrapped),
    (lambda kind: get_origin(kind) in {Union, types.UnionType}, _union),
    (lambda kind: get_origin(kind) is Literal, _word),
    (lambda kind: get_origin(kind) is list, _items),
    (lambda kind: get_origin(kind) in {dict, UntypedStripeObject}, _values),
    (lambda kind: get_origin(kind) is stripe.ListObject, _page),
    (lambda kind: is_typeddict(kind) or issubclass(kind, stripe.StripeObject), _dict),
    (lambda kind: kind in ANSWERED, _plain),
]
