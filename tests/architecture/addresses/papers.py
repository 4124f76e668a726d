"""Orders of one's own, with receipts and credit notes."""

from django.urls import reverse

from tests.architecture.addresses.rows import Row, only_owner, signed_in, to
from tests.architecture.world import World


def receipt(world: World) -> int:
    return world.bought.receipt.pk


def bought(world: World) -> int:
    return world.bought.order.pk


def receipt_pdf(kind: str, world: World) -> str:
    return reverse("learning:paper_pdf", args=[bought(world), receipt(world), kind])


PAPERS = (
    Row(name="learning:orders", path=to("learning:orders"), owner="pia", answers=signed_in(), queries=4),
    Row(
        name="learning:paper",
        path=to("learning:paper", bought, receipt),
        owner="pia",
        answers=only_owner(),
        queries=2,
    ),
    Row(
        name="learning:paper_pdf",
        path=lambda world: receipt_pdf("receipt", world),
        owner="pia",
        answers=only_owner(),
        queries=2,
    ),
    Row(
        name="learning:paper_pdf",
        note="by the name of another kind",
        path=lambda world: receipt_pdf("credit-note", world),
        owner="pia",
        answers=only_owner(404),
        queries=4,
    ),
)
