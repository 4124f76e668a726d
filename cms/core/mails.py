"""The words of e-mails: plain text templates whose first line is the subject."""

from typing import Any

from django.template.loader import render_to_string


def words(template: str, context: dict[str, Any]) -> tuple[str, str]:
    """The subject and the body of an e-mail. The template's first line is "Subject: …"."""
    text = render_to_string(template, context)
    first, _line, body = text.partition("\n")
    return first.removeprefix("Subject:").strip(), body.strip() + "\n"
