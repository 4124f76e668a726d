"""Settings of a process that a test starts to kill it: the test's database, and its stand-in of Stripe.

Nothing is delivered at once: as on a real site another process does what waits in the outbox.
"""

import os

from cms.settings.test import *  # noqa: F403
from cms.settings.test import DATABASES

DATABASES["default"]["NAME"] = os.environ["CHILD_DATABASE"]
STRIPE_ADDRESS = STRIPE_PAGES = os.environ["CHILD_STAND_IN"]
SITE_URL = os.environ["CHILD_SITE"]
OUTBOX_AT_ONCE = False
