"""The judge of what is said to Stripe and by its stand-in finds what is wrong, and nothing else."""

from typing import Any

import pytest
from stripe import params
from stripe.params.checkout import SessionCreateParams

from courses.payments import stripe_gateway
from scripts.stripe_stand_in import objects
from tests.contracts import judging, oracle, sdk_types

RIGHT: dict[str, Any] = {
    "mode": "payment",
    "line_items": [
        {
            "price_data": {"currency": "eur", "unit_amount": "1000", "product_data": {"name": "A place"}},
            "quantity": "2",
        }
    ],
    "metadata": {"order": "7"},
    "expires_at": "1780000000",
    "adaptive_pricing": {"enabled": "false"},
}
KINDS = ["balance_transaction", "charge", "checkout.session", "dispute", "payment_intent", "payout", "refund"]


def answer(kind: str, **fields: Any) -> dict[str, Any]:
    """An object as the stand-in makes it, its words filled in."""
    made = objects.make(kind)
    return {**made, **fields}


def test_a_right_request_has_nothing_wrong() -> None:
    assert oracle.in_request(SessionCreateParams, RIGHT) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"mod": "payment"}, "request.mod: is not known"),
        ({"payment_method_types": ["card"]}, "request.payment_method_types: is not known"),
        ({"expires_at": "soon"}, "request.expires_at: 'soon' is not int"),
        ({"line_items": "one"}, "request.line_items: 'one' is no list"),
        ({"metadata": "order"}, "request.metadata: 'order' has no keys"),
        ({"adaptive_pricing": {"enabled": "no"}}, "request.adaptive_pricing.enabled: 'no' is not bool"),
        ({"line_items": [{"quantity": "x"}]}, "request.line_items[0].quantity: 'x' is not int"),
    ],
)
def test_a_wrong_request_is_found(change: dict[str, Any], found: str) -> None:
    assert oracle.in_request(SessionCreateParams, {**RIGHT, **change}) == [found]


def test_a_word_that_stripe_does_not_know_is_found_although_the_library_lets_it_pass() -> None:
    (mode,) = oracle.in_request(SessionCreateParams, {**RIGHT, "mode": "paymnt"})
    assert mode.startswith("request.mode: 'paymnt' is none of 'payment'")
    (method,) = oracle.in_request(SessionCreateParams, {**RIGHT, "allowed_payment_method_types": ["crad"]})
    assert method.startswith("request.allowed_payment_method_types[0]: 'crad' is none of ")


def test_a_parameter_that_must_be_there_is_missed() -> None:
    without = {**RIGHT, "line_items": [{"price_data": {"unit_amount": "1"}}]}
    assert "request.line_items[0].price_data.currency: is missing" in oracle.in_request(
        SessionCreateParams, without
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_object_of_the_stand_in_is_complete(kind: str) -> None:
    assert oracle.in_answer(answer(kind)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_an_object_that_must_be_there_is_missed(kind: str) -> None:
    whole = answer(kind)
    of = sdk_types.class_of(kind)
    assert of is not None
    needed = [
        name
        for name, kind_of_field in sdk_types.fields(of).items()
        if name != "object" and oracle._must_be_there(of, kind_of_field)
    ]
    assert len(needed) > 3
    for name in needed:
        thin = {key: value for key, value in whole.items() if key != name}
        assert oracle.in_answer(thin) == [f"{kind}.{name}: is missing"]


@pytest.mark.parametrize(
    ("kind", "change", "found"),
    [
        ("refund", {"amount": "100"}, "refund.amount: '100' is not int"),
        ("refund", {"amount": True}, "refund.amount: True is not int"),
        ("refund", {"amont": 1}, "refund.amont: is not known"),
        ("refund", {"metadata": {"key": 7}}, "refund.metadata.key: 7 is not str"),
        ("charge", {"paid": "yes"}, "charge.paid: 'yes' is not bool"),
        ("charge", {"currency": None}, "charge.currency: None is not str"),
        ("payment_intent", {"latest_charge": 7}, "payment_intent.latest_charge: 7 is not str"),
        ("dispute", {"evidence": []}, "dispute.evidence: [] is not Evidence"),
        ("checkout.session", {"custom_fields": {}}, "checkout.session.custom_fields: {} is no list"),
    ],
)
def test_a_wrong_answer_is_found(kind: str, change: dict[str, Any], found: str) -> None:
    assert oracle.in_answer(answer(kind, **change)) == [found]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("checkout.session", "status"),
        ("checkout.session", "payment_status"),
        ("payment_intent", "status"),
        ("dispute", "status"),
        ("balance_transaction", "type"),
    ],
)
def test_a_state_that_does_not_exist_is_found(kind: str, name: str) -> None:
    (found,) = oracle.in_answer(answer(kind, **{name: "opn"}))
    assert found.startswith(f"{kind}.{name}: 'opn' is none of ")


def test_what_is_inside_a_list_an_event_or_another_object_is_judged_too() -> None:
    wrong = answer("refund", amount="1")
    page = {"object": "list", "url": "/v1/refunds", "has_more": False, "data": [answer("refund"), wrong]}
    assert oracle.in_answer(page) == ["answer.data[1] refund.amount: '1' is not int"]
    assert oracle.in_answer({**page, "has_more": None, "data": []}) == ["answer.has_more: None is not bool"]
    event = answer("event", type="refund.created", data={"object": wrong})
    assert oracle.in_answer(event) == ["event.data.refund.amount: '1' is not int"]
    payment = answer("payment_intent", latest_charge=answer("charge", paid=1))
    assert oracle.in_answer(payment) == ["payment_intent.latest_charge.paid: 1 is not bool"]


def test_an_answer_of_another_kind_or_of_none_is_found() -> None:
    assert oracle.in_answer(answer("refund"), kind="charge") == ["answer.object: is 'refund', not 'charge'"]
    assert oracle.in_answer({"object": "voucher"}) == ["answer.object: nothing is called 'voucher'"]
    assert oracle.in_answer([]) == ["answer: is no object"]


def test_an_error_has_one_of_stripes_types() -> None:
    assert oracle.in_error({"error": {"type": "card_error", "message": "No."}}) == []
    assert oracle.in_error({"error": {"type": "sorry"}}) == ["error.type: 'sorry' is not known"]
    assert oracle.in_error({"error": {"type": "card_error", "why": "x"}}) == ["error.why: is not known"]
    assert oracle.in_error({"message": "No."}) == ["error: is not there"]


def test_what_makes_something_is_asked_with_a_key_and_in_the_version_of_the_library() -> None:
    said = {
        "method": "POST",
        "path": "/v1/refunds",
        "given": {"payment_intent": "pi_1"},
        "key": "",
        "version": "2017-01-01",
        "status": 200,
        "answer": answer("refund"),
    }
    assert judging.exchange(said) == [
        "asked in version '2017-01-01'",
        "asked without a key: asked twice, it would be done twice",
    ]
    assert judging.exchange({**said, "path": "/v1/coupons"}) == ["nobody knows this address"]


def test_we_speak_the_version_that_the_types_of_the_library_describe() -> None:
    from stripe._api_version import _ApiVersion

    assert stripe_gateway.API_VERSION == _ApiVersion.CURRENT == objects.API_VERSION
    assert params.RefundCreateParams
