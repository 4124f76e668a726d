"""Every address of the site: who may, what they get, and how many SQL statements it costs.

An answer is a status, or the name of the view that somebody is sent on to. `queries` is the exact
number of SQL statements of the answer for `measured_as`, in a process that has answered the same
before; `cold` is the number for a public page that this process has not drawn in the last minute,
though it has drawn others. `budget` is the most that was agreed; a row without one has none of its
own, and its number only says when something changed.

Statements that only open or close a transaction (BEGIN, COMMIT, SAVEPOINT, RELEASE …) are not
counted: inside a test they are savepoints, on a real site one BEGIN and one COMMIT. What follows
after commit (the outbox) is not part of the answer either.
"""

from tests.architecture.addresses.account import ACCOUNT, SIGNING_IN
from tests.architecture.addresses.buying import BUYING
from tests.architecture.addresses.certificates import CERTIFICATES
from tests.architecture.addresses.demo import DEMO
from tests.architecture.addresses.editors import EDITORS
from tests.architecture.addresses.helping import HELPING
from tests.architecture.addresses.joining import JOINING
from tests.architecture.addresses.learning import LEARNING
from tests.architecture.addresses.meetings import MEETINGS
from tests.architecture.addresses.messages import MESSAGES
from tests.architecture.addresses.organisations import ORGANISATIONS
from tests.architecture.addresses.papers import PAPERS
from tests.architecture.addresses.people import PEOPLE
from tests.architecture.addresses.public import FILES, HEALTH, PAGES
from tests.architecture.addresses.questions import QUESTIONS
from tests.architecture.addresses.rows import ANONYMOUS, CAST, OWNER, ROLES, Answer, Row
from tests.architecture.addresses.second_step import SECOND_STEP
from tests.architecture.addresses.staff import STAFF
from tests.architecture.addresses.tills import TILLS
from tests.architecture.addresses.vouchers import VOUCHERS
from tests.architecture.addresses.ways_in import WAYS_IN
from tests.architecture.addresses.work import WORK

ROWS: tuple[Row, ...] = (
    *HEALTH,
    *PAGES,
    *LEARNING,
    *JOINING,
    *HELPING,
    *WAYS_IN,
    *VOUCHERS,
    *ORGANISATIONS,
    *PAPERS,
    *BUYING,
    *QUESTIONS,
    *WORK,
    *MEETINGS,
    *MESSAGES,
    *CERTIFICATES,
    *ACCOUNT,
    *SIGNING_IN,
    *SECOND_STEP,
    *FILES,
    *STAFF,
    *PEOPLE,
    *TILLS,
    *EDITORS,
    *DEMO,
)
# Addresses below this prefix are Wagtail's own: one rule stands for all of them.
ADMIN = "admin/"
# They answer before anybody signs in, and show nothing of the site.
ADMIN_FOR_ANYBODY = {"wagtailadmin_javascript_catalog", "wagtailadmin_sprite"}

__all__ = ["ADMIN", "ADMIN_FOR_ANYBODY", "ANONYMOUS", "CAST", "OWNER", "ROLES", "ROWS", "Answer", "Row"]
