"""One JSON line an event, without personal data: no names, addresses, query strings, secrets or bodies."""

import json
import logging
import re
from datetime import UTC, datetime

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
QUERY = re.compile(r"\?\S+")
# The secret of a link, as `secrets.token_urlsafe(32)` makes it.
SECRET = re.compile(r"(?<=/)[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")
EXTRAS = ("status_code", "kind", "entry", "part")


def scrubbed(text: str) -> str:
    """The text on one line, without e-mail addresses, secret links and what follows a question mark."""
    return SECRET.sub("…", QUERY.sub("?…", ADDRESS.sub("…@…", text))).replace("\n", " ⏎ ").replace("\r", " ")


class JsonFormatter(logging.Formatter):
    """Time, level, logger, message, and the type and place of an error, never its text."""

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": scrubbed(record.getMessage()),
        }
        event.update({name: getattr(record, name) for name in EXTRAS if hasattr(record, name)})
        if record.exc_info and record.exc_info[0] is not None:
            event["error"] = record.exc_info[0].__name__
            event["where"] = _places(record)
        # In ASCII: some readers of logs take more than a line feed for the end of a line.
        return json.dumps(event)


def _places(record: logging.LogRecord) -> list[str]:
    """File and line of each frame: enough to find a fault, and no values that people typed."""
    traceback = record.exc_info[2] if record.exc_info else None
    places: list[str] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return places[-8:]
