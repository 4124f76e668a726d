"""Certificates, and the page where anybody may check one."""

from django.urls import reverse

from tests.architecture.addresses.rows import ANONYMOUS, Row, code, everybody, only_owner, to

CERTIFICATES = (
    Row(
        name="certificates:look_up",
        path=to("certificates:look_up"),
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(
        name="certificates:look_up",
        method="POST",
        path=to("certificates:look_up"),
        data=lambda world: {"code": str(world.certificate)},
        answers=everybody("certificates:verify"),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(
        name="certificates:verify",
        path=to("certificates:verify", code),
        answers=everybody(),
        measured_as=ANONYMOUS,
        budget=2,
        queries=2,
    ),
    Row(
        name="certificates:verify",
        method="POST",
        path=to("certificates:verify", code),
        data=lambda world: {"name": "Somebody Else"},
        answers=everybody(),
        measured_as=ANONYMOUS,
        budget=2,
        queries=2,
    ),
    Row(
        name="certificates:verify",
        note="unknown number",
        path=lambda world: reverse("certificates:verify", args=["0" * 28]),
        answers=everybody(404),
        measured_as=ANONYMOUS,
        queries=3,
    ),
    Row(
        name="certificates:view",
        owner="ben",
        path=to("certificates:view", code),
        answers=only_owner(),
        queries=3,
    ),
    Row(
        name="certificates:pdf",
        owner="ben",
        path=to("certificates:pdf", code),
        answers=only_owner(),
        budget=5,
        queries=3,
    ),
    Row(
        name="certificates:show_name",
        method="POST",
        owner="ben",
        path=to("certificates:show_name", code),
        data=lambda world: {"show": "yes"},
        answers=only_owner("certificates:view"),
        queries=4,
    ),
)
