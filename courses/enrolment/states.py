"""Which way an enrolment, an offer, an application and somebody who waits may move.

Nothing else in the code decides this.
"""

from enum import StrEnum


class State(StrEnum):
    """The seat of one learner in one cohort. Completion is a row of its own, not a state."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


MOVES: dict[State, frozenset[State]] = {
    State.PENDING: frozenset({State.ACTIVE, State.ENDED}),
    State.ACTIVE: frozenset({State.SUSPENDED, State.ENDED}),
    State.SUSPENDED: frozenset({State.ACTIVE, State.ENDED}),
    State.ENDED: frozenset(),
}

LIVE = frozenset({State.PENDING, State.ACTIVE, State.SUSPENDED})


class OfferState(StrEnum):
    """A place that is kept for one person until they answer."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


OFFER_MOVES: dict[OfferState, frozenset[OfferState]] = {
    OfferState.OPEN: frozenset(
        {OfferState.ACCEPTED, OfferState.DECLINED, OfferState.EXPIRED, OfferState.WITHDRAWN}
    ),
    OfferState.ACCEPTED: frozenset(),
    OfferState.DECLINED: frozenset(),
    OfferState.EXPIRED: frozenset(),
    OfferState.WITHDRAWN: frozenset(),
}


class WaitingState(StrEnum):
    """Somebody on a waiting list. `passed`: a place was offered, and the time to answer went by."""

    WAITING = "waiting"
    OFFERED = "offered"
    JOINED = "joined"
    PASSED = "passed"
    LEFT = "left"
    CLOSED = "closed"


WAITING_MOVES: dict[WaitingState, frozenset[WaitingState]] = {
    WaitingState.WAITING: frozenset(
        {WaitingState.OFFERED, WaitingState.JOINED, WaitingState.LEFT, WaitingState.CLOSED}
    ),
    WaitingState.OFFERED: frozenset(
        {WaitingState.WAITING, WaitingState.JOINED, WaitingState.PASSED, WaitingState.LEFT}
    ),
    WaitingState.JOINED: frozenset(),
    WaitingState.PASSED: frozenset(),
    WaitingState.LEFT: frozenset(),
    WaitingState.CLOSED: frozenset(),
}

STILL_WAITING = frozenset({WaitingState.WAITING, WaitingState.OFFERED})


class ApplicationState(StrEnum):
    """A wish for a place. A draft is the applicant's alone; an offer that lapsed is decided anew."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    MORE_INFORMATION = "more_information"
    OFFERED = "offered"
    JOINED = "joined"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


APPLICATION_MOVES: dict[ApplicationState, frozenset[ApplicationState]] = {
    ApplicationState.DRAFT: frozenset(
        {ApplicationState.SUBMITTED, ApplicationState.JOINED, ApplicationState.WITHDRAWN}
    ),
    ApplicationState.SUBMITTED: frozenset(
        {
            ApplicationState.MORE_INFORMATION,
            ApplicationState.OFFERED,
            ApplicationState.JOINED,
            ApplicationState.DECLINED,
            ApplicationState.WITHDRAWN,
        }
    ),
    ApplicationState.MORE_INFORMATION: frozenset(
        {
            ApplicationState.SUBMITTED,
            ApplicationState.OFFERED,
            ApplicationState.JOINED,
            ApplicationState.DECLINED,
            ApplicationState.WITHDRAWN,
        }
    ),
    ApplicationState.OFFERED: frozenset(
        {ApplicationState.SUBMITTED, ApplicationState.JOINED, ApplicationState.WITHDRAWN}
    ),
    ApplicationState.JOINED: frozenset(),
    ApplicationState.DECLINED: frozenset(),
    ApplicationState.WITHDRAWN: frozenset(),
}

LIVE_APPLICATIONS = frozenset(
    {
        ApplicationState.DRAFT,
        ApplicationState.SUBMITTED,
        ApplicationState.MORE_INFORMATION,
        ApplicationState.OFFERED,
    }
)
# What the applicant may still change: nobody has decided.
UNDECIDED = frozenset({ApplicationState.DRAFT, ApplicationState.SUBMITTED, ApplicationState.MORE_INFORMATION})
