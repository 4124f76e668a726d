"""Django's sessions in the database, looked up by a query whose SQL is written once (ADR 19).

Every page of somebody who is signed in begins with this look-up. It brings along the note of the sign-in and
the account that it names (ADR 16): who uses them is cms/users/middleware.py.
"""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from cms.core.prepared import Prepared

_by_key = Prepared(lambda key: Session.objects.filter(session_key=key).select_related("sign_in__user"), str)


class SessionStore(db.SessionStore):
    """Keeps, ends and renews sessions as Django's own; only finding one is cheaper.

    `sign_in` is the note that stands beside the session which was found. None: there is none.
    """

    sign_in: Any = None

    def _get_session_from_db(self) -> Any:
        found = _by_key(self.session_key) if self.session_key else []
        if found and found[0].expire_date > timezone.now():  # noqa: TID251 - a session ends by the clock
            self.sign_in = getattr(found[0], "sign_in", None)
            return found[0]
        self._session_key = None
        return None
