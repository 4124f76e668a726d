"""What editors get inside Wagtail's admin: remarks on a page, the report of all pages, the components."""

from tests.architecture.addresses.rows import ASSESSOR, EDITOR, FACILITATOR, Answers, Row, staff, to
from tests.architecture.addresses.staff import PREFERENCES
from tests.architecture.world import World

# Facilitators and assessors enter the admin, but change no page.
NO_EDITORS: Answers = {FACILITATOR: "wagtailadmin_home", ASSESSOR: "wagtailadmin_home"}


def lesson(world: World) -> int:
    return int(world.pages["lesson"].pk)


EDITORS = (
    Row(
        name="reading:remarks",
        path=to("reading:remarks", lesson),
        answers=staff(**NO_EDITORS),
        measured_as=EDITOR,
        may_write=PREFERENCES,
        queries=7,
    ),
    Row(
        name="reading:report",
        path=to("reading:report"),
        answers=staff(**NO_EDITORS),
        measured_as=EDITOR,
        may_write=PREFERENCES,
        queries=29,
    ),
    Row(
        name="reading:report_results",
        path=to("reading:report_results"),
        answers=staff(**NO_EDITORS),
        measured_as=EDITOR,
        may_write=PREFERENCES,
        queries=23,
    ),
    Row(
        name="components",
        path=to("components"),
        answers=staff(),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=5,
    ),
)
