"""The addresses that the library asks, and what they answer. Callers hold the lock of the state."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scripts.stripe_stand_in import happening, objects, parameters
from scripts.stripe_stand_in.errors import Impossible, Refused, not_found, wrong
from scripts.stripe_stand_in.state import State, Thing, copied, number

MOST = 100
PAGE = 10
KEY_LENGTH = 255
OF_LISTS = frozenset({"limit", "starting_after", "expand"})
RANGES: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda value, end: value > end,
    "gte": lambda value, end: value >= end,
    "lt": lambda value, end: value < end,
    "lte": lambda value, end: value <= end,
}
# Which lists there are, of what, and by what they can be narrowed.
LISTS = {
    "/v1/checkout/sessions": ("checkout.session", {"created", "payment_intent", "status"}),
    "/v1/refunds": ("refund", {"created", "payment_intent", "charge"}),
    "/v1/disputes": ("dispute", {"created", "payment_intent", "charge"}),
    "/v1/balance_transactions": ("balance_transaction", {"created", "currency", "payout", "source", "type"}),
    "/v1/payouts": ("payout", {"created", "status"}),
}
ONE = {
    "/v1/checkout/sessions": "checkout.session",
    "/v1/payment_intents": "payment_intent",
    "/v1/charges": "charge",
    "/v1/refunds": "refund",
    "/v1/disputes": "dispute",
    "/v1/balance_transactions": "balance_transaction",
    "/v1/payouts": "payout",
}
EXPIRE = re.compile(r"/v1/checkout/sessions/(\w+)/expire")


@dataclass(frozen=True)
class Asked:
    """One request. Parameters are decoded, and text still; `key` makes a repetition the same."""

    method: str
    path: str
    given: Mapping[str, Any]
    key: str = ""


def answer(state: State, asked: Asked) -> tuple[int, Thing]:
    """Status and body; the second time with the same key they are the first ones."""
    happening.expire_due(state)
    if not asked.key or asked.method != "POST":
        return _done(state, asked)
    if len(asked.key) > KEY_LENGTH:
        raise wrong("Idempotency-Key", "it is too long")
    kept = state.answers.get(asked.key)
    if kept is None:
        status, body = _done_or_impossible(state, asked)
        kept = {"asked": [asked.path, asked.given], "status": status, "body": copied(body)}
        state.answers[asked.key] = kept
    elif kept["asked"] != [asked.path, asked.given]:
        raise Refused(
            "Keys for idempotent requests can only be used with the parameters they were first used with.",
            type="idempotency_error",
        )
    return int(kept["status"]), copied(kept["body"])


def _done_or_impossible(state: State, asked: Asked) -> tuple[int, Thing]:
    try:
        return _done(state, asked)
    except Impossible as no:
        return no.status, no.body


def _done(state: State, asked: Asked) -> tuple[int, Thing]:
    found = _post(state, asked) if asked.method == "POST" else _get(state, asked)
    return 200, _expanded(state, copied(found), asked.given.get("expand", []))


def _post(state: State, asked: Asked) -> Thing:
    if asked.path == "/v1/checkout/sessions":
        fields, beside = parameters.session(state, asked.given)
        session = state.add(objects.make("checkout.session", id=number("cs_test"), **fields))
        session["url"] = state.page(session["id"])
        state.beside[session["id"]] = beside
        return session
    if asked.path == "/v1/refunds":
        parameters.only(asked.given, {"payment_intent", "amount", "metadata", "reason", "expand"})
        payment = happening.found(state, "payment_intent", asked.given.get("payment_intent", ""))
        amount = parameters.whole(asked.given, "amount") if "amount" in asked.given else None
        if amount == 0:
            raise wrong("amount", "must be 1 or more", "parameter_invalid_integer")
        return happening.give_back(state, payment, amount, parameters.about(asked.given))
    if match := EXPIRE.fullmatch(asked.path):
        parameters.only(asked.given, {"expand"})
        session = happening.found(state, "checkout.session", match[1])
        happening.expire(state, session)
        return session
    raise _no_such_address(asked)


def _get(state: State, asked: Asked) -> Thing:
    if asked.path in LISTS:
        return _list(state, asked)
    folder, _, its_number = asked.path.rpartition("/")
    if folder not in ONE:
        raise _no_such_address(asked)
    parameters.only(asked.given, {"expand"})
    return happening.found(state, ONE[folder], its_number)


def _list(state: State, asked: Asked) -> Thing:
    kind, narrows = LISTS[asked.path]
    parameters.only(asked.given, OF_LISTS | narrows)
    found = [one for one in state.all(kind) if _is_wanted(state, one, asked.given)]
    limit = parameters.whole(asked.given, "limit") if "limit" in asked.given else PAGE
    if not 1 <= limit <= MOST:
        raise wrong("limit", f"must be between 1 and {MOST}", "parameter_invalid_integer")
    numbers = [one["id"] for one in found]
    if after := asked.given.get("starting_after"):
        if after not in numbers:
            raise not_found(kind, after)
        found = found[numbers.index(after) + 1 :]
    page = found[:limit]
    return {"object": "list", "url": asked.path, "has_more": len(found) > len(page), "data": page}


def _is_wanted(state: State, one: Thing, given: Mapping[str, Any]) -> bool:
    for name, value in given.items():
        if name in OF_LISTS:
            continue
        if name == "payout":
            if one["id"] not in state.beside.get(value, {}).get("inside", []):
                return False
        elif isinstance(value, dict):
            parameters.only(value, RANGES, name)
            if not all(RANGES[how](one[name], parameters.whole(value, how)) for how in value):
                return False
        elif str(one[name]) != value:
            return False
    return True


def _expanded(state: State, found: Thing, ways: list[str]) -> Thing:
    """Put objects in the place of their numbers, along ways such as `data.source`."""
    for way in ways:
        *through, last = way.split(".")
        holders = [found]
        for part in through:
            holders = [inner for one in holders for inner in _as_list(one.get(part))]
        for holder in holders:
            if last not in holder:
                raise wrong("expand", f"there is no {way} here")
            if holder[last] is not None:
                holder[last] = copied(state.objects[holder[last]])
    return found


def _as_list(value: Any) -> list[Thing]:
    return value if isinstance(value, list) else [value] if value else []


def _no_such_address(asked: Asked) -> Refused:
    return Refused(f"Unrecognized request URL ({asked.method}: {asked.path}).", status=404)
