"""Addresses of the demo."""

from tests.architecture.addresses.rows import ANONYMOUS, Row, everybody

# Only where MAILBOX and SERVE_MEDIA are on: tests/architecture/demo_urls.py has them beside the others.
DEMO = (
    Row(
        name="media",
        note="outside the folder",
        path=lambda world: "/media/..%2Fprivate/certificates/",
        answers=everybody(400),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(
        name="demo:mailbox",
        path=lambda world: "/demo/mailbox/",
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(
        name="demo:message",
        path=lambda world: "/demo/mailbox/one/",
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(
        name="demo:message",
        note="not there",
        path=lambda world: "/demo/mailbox/..%2Fsecret/",
        answers=everybody(404),
        measured_as=ANONYMOUS,
        queries=2,
    ),
)
