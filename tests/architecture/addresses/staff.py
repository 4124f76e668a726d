"""Pages of the site's own inside Wagtail's admin."""

from django.urls import reverse

from tests.architecture.addresses.rows import (
    ASSESSOR,
    EDITOR,
    FACILITATOR,
    OTHER,
    OWNER,
    Row,
    cohort,
    everybody,
    staff,
    to,
)

# Wagtail makes a person's own admin preferences on their first visit.
PREFERENCES = frozenset({"wagtailusers_userprofile"})
STAFF = (
    # Who is signed in and may not enter is told so, instead of being sent round in a circle.
    Row(
        name="staff_login",
        path=to("staff_login"),
        answers={**everybody("account_login"), OWNER: 403, OTHER: 403},
        measured_as=FACILITATOR,
        queries=4,
    ),
    Row(
        name="staff_account",
        path=to("staff_account"),
        answers=staff(),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=13,
    ),
    Row(
        name="staff:registers",
        path=to("staff:registers"),
        answers=staff(),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=11,
    ),
    Row(
        name="staff:register",
        path=to("staff:register", cohort),
        answers=staff(**{EDITOR: 404}),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=13,
    ),
    Row(
        name="staff:publish_edition",
        path=lambda world: reverse("staff:publish_edition", args=[world.course.page.pk]),
        answers=staff(**{FACILITATOR: "wagtailadmin_home", ASSESSOR: "wagtailadmin_home"}),
        measured_as=EDITOR,
        may_write=PREFERENCES,
        queries=32,
    ),
    Row(
        name="staff:publish_edition",
        method="POST",
        path=lambda world: reverse("staff:publish_edition", args=[world.course.page.pk]),
        answers=staff(
            "wagtailadmin_explore", **{FACILITATOR: "wagtailadmin_home", ASSESSOR: "wagtailadmin_home"}
        ),
        measured_as=EDITOR,
        queries=20,
    ),
)
