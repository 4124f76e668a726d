"""What a certificate's log adds up to."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.certificates.models import CertificateLogEntry
from courses.certificates.status import Status, status_of
from courses.queries.certificates import EVENT_SENTENCES, STATUS_SENTENCES, STATUS_TITLES

EVENTS = st.lists(st.sampled_from(CertificateLogEntry.Event.values), max_size=8)


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([], Status.UNKNOWN),
        (["issued"], Status.VALID),
        (["issued", "corrected"], Status.VALID),
        (["issued", "suspended"], Status.SUSPENDED),
        (["issued", "suspended", "restored"], Status.VALID),
        (["issued", "suspended", "restored", "suspended"], Status.SUSPENDED),
        (["issued", "erased"], Status.ERASED),
        (["issued", "suspended", "erased"], Status.SUSPENDED),
        (["issued", "erased", "revoked"], Status.REVOKED),
        (["issued", "superseded"], Status.CORRECTED),
        (["issued", "superseded", "erased"], Status.CORRECTED),
        (["issued", "superseded", "revoked"], Status.REVOKED),
        (["issued", "revoked", "restored"], Status.REVOKED),
        (["erased"], Status.ERASED),
    ],
)
def test_the_log_decides(events: list[str], status: Status) -> None:
    assert status_of(events) is status


@given(EVENTS)
def test_revoked_is_final_whatever_came_before_or_after(events: list[str]) -> None:
    for order in ([*events, "revoked"], ["revoked", *events]):
        assert status_of(order) is Status.REVOKED


@given(EVENTS)
def test_valid_is_said_only_when_nothing_speaks_against_it(events: list[str]) -> None:
    if status_of(events) is Status.VALID:
        assert "issued" in events
        assert not {"revoked", "superseded", "erased"} & set(events)
        pauses = [e for e in events if e in ("suspended", "restored")]
        assert pauses[-1:] != ["suspended"]


def test_only_pausing_depends_on_the_order() -> None:
    assert {status_of(o) for o in permutations(["issued", "superseded", "erased"])} == {Status.CORRECTED}


def test_every_status_and_event_has_words() -> None:
    assert set(STATUS_TITLES) == set(STATUS_SENTENCES) == set(Status)
    assert set(EVENT_SENTENCES) == set(CertificateLogEntry.Event.values)
