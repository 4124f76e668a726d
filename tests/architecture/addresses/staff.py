"""Pages of the site's own inside Wagtail's admin."""

from django.urls import reverse

from tests.architecture.addresses.rows import (
    ASSESSOR,
    EDITOR,
    FACILITATOR,
    OTHER,
    OWNER,
    Path,
    Row,
    cohort,
    everybody,
    staff,
    to,
)

# Wagtail makes a person's own admin preferences on their first visit.
PREFERENCES = frozenset({"wagtailusers_userprofile"})
# Facilitators and assessors edit no pages: Wagtail sends them back to its first page.
NOT_THE_TEAM = {FACILITATOR: "wagtailadmin_home", ASSESSOR: "wagtailadmin_home"}


def course_page(name: str) -> Path:
    return lambda world: reverse(name, args=[world.course.page.pk])


STAFF = (
    # Who is signed in and may not enter is told so, instead of being sent round in a circle.
    Row(
        name="staff_login",
        path=to("staff_login"),
        answers={**everybody("account_login"), OWNER: 403, OTHER: 403},
        measured_as=FACILITATOR,
        queries=3,
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
        queries=13,
    ),
    Row(
        name="staff:register",
        path=to("staff:register", cohort),
        answers=staff(**{EDITOR: 404}),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=16,
    ),
    Row(
        name="staff:publish_edition",
        path=course_page("staff:publish_edition"),
        answers=staff(**NOT_THE_TEAM),
        measured_as=EDITOR,
        may_write=PREFERENCES,
        queries=23,
    ),
    Row(
        name="staff:publish_edition",
        method="POST",
        path=course_page("staff:publish_edition"),
        answers=staff("staff:editions", **NOT_THE_TEAM),
        measured_as=EDITOR,
        queries=16,
    ),
    Row(
        name="staff:editions",
        path=course_page("staff:editions"),
        answers=staff(**NOT_THE_TEAM),
        measured_as=EDITOR,
        may_write=PREFERENCES,
        queries=14,
    ),
    Row(
        name="staff:look",
        path=course_page("staff:look"),
        answers=staff(**NOT_THE_TEAM),
        measured_as=EDITOR,
        may_write=PREFERENCES,
        queries=14,
    ),
    Row(
        name="staff:look_at_edition",
        method="POST",
        path=lambda world: reverse("staff:look_at_edition", args=[world.course.edition.pk]),
        answers=staff("learning:course"),
        measured_as=FACILITATOR,
        queries=10,
    ),
    # Only who looks after the cohort as a facilitator, and administrators.
    Row(
        name="staff:look_at_learner",
        method="POST",
        path=lambda world: reverse("staff:look_at_learner", args=[world.ada_enrolment.pk]),
        answers=staff("learning:course", **{ASSESSOR: 404, EDITOR: 404}),
        measured_as=FACILITATOR,
        queries=10,
    ),
    Row(
        name="staff:try_quiz",
        path=lambda world: reverse("staff:try_quiz", args=[world.pages["quiz"].pk]),
        answers=staff(),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=14,
    ),
    Row(
        name="staff:try_quiz",
        method="POST",
        path=lambda world: reverse("staff:try_quiz", args=[world.pages["quiz"].pk]),
        data=lambda world: {"question-1": "a"},
        answers=staff(),
        measured_as=FACILITATOR,
        queries=14,
    ),
    Row(
        name="staff:export_course",
        path=course_page("staff:export_course"),
        answers=staff(**NOT_THE_TEAM),
        measured_as=EDITOR,
        queries=18,
    ),
    Row(
        name="staff:import_course",
        path=to("staff:import_course"),
        answers=staff(**NOT_THE_TEAM),
        measured_as=EDITOR,
        may_write=PREFERENCES,
        queries=12,
    ),
    # Without a file: the page comes back and asks for one.
    Row(
        name="staff:import_course",
        method="POST",
        path=to("staff:import_course"),
        answers=staff(422, **NOT_THE_TEAM),
        measured_as=EDITOR,
        queries=12,
    ),
)
