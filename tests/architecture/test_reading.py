"""What looking may write, and the control of the guard that test_addresses holds over every GET."""

import pytest
from django.db import connection, transaction

from cms.users.models import Consent, User
from tests.architecture.addresses import ROWS
from tests.architecture.asking import WroteError, only_reading


def test_only_these_rows_may_write_while_somebody_looks() -> None:
    """Wagtail makes the preferences of staff when they first open a page of its admin, ours among them."""
    assert {row.name for row in ROWS if row.may_write and not row.name.startswith("staff:")} == {
        "account_reset_password_from_key",
        "components",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_authenticate",
        "mfa_reauthenticate_webauthn",
        "reading:remarks",
        "reading:report",
        "reading:report_results",
        "staff_account",
    }
    for row in ROWS:
        assert row.may_write <= {"django_session", "wagtailusers_userprofile"}


@pytest.mark.parametrize(
    "write",
    [
        lambda: User.objects.create_user("somebody@example.org"),
        lambda: User.objects.update(printed_name="Somebody"),
        lambda: Consent.objects.filter(version="none").delete(),
        lambda: connection.cursor().execute("  delete from users_consent"),
        lambda: connection.cursor().execute('INSERT INTO "users_consent" DEFAULT VALUES'),
    ],
    ids=["insert", "update", "delete what is not there", "by hand", "insert by hand"],
)
def test_the_guard_itself_sees_a_write(db: None, write: object) -> None:
    """The control: if nothing fails here, the walk above proves nothing."""
    with pytest.raises(WroteError), transaction.atomic(), only_reading():
        write()  # type: ignore[operator]


def test_the_guard_lets_reading_through(db: None) -> None:
    with only_reading():
        assert not User.objects.filter(email="nobody@example.org").exists()
