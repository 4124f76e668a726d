"""What each block shows in the editor's list of blocks, and on the page of components: made-up, and short."""

from typing import Any

from django.utils.translation import gettext as _
from wagtail.images import get_image_model


def heading() -> dict[str, Any]:
    return {"text": _("A room above a library"), "level": "2"}


def paragraph() -> str:
    return _("<p>Eight people sit round a table. <b>Nobody is in charge</b> because of their job.</p>")


def callout() -> dict[str, Any]:
    return {
        "title": _("With or by, not to or for"),
        "text": _("<p>Self-help is done by people. If a group asks you to help, you work with it.</p>"),
    }


def quotation() -> dict[str, Any]:
    return {"text": _("You are not the only one."), "source": _("A member of a group that we made up")}


def steps() -> dict[str, Any]:
    return {
        "title": _("Before you visit a group"),
        "steps": [
            _("<p>Ask whether visitors are welcome.</p>"),
            _("<p>Ask what the group would like from you.</p>"),
            _("<p>Come on time, and listen first.</p>"),
        ],
    }


def prompt() -> dict[str, Any]:
    return {
        "title": _("Look at a group you know"),
        "text": _("<p>Who decides what the group does? Take five minutes to note your answer.</p>"),
    }


def transcript() -> str:
    return _("<p><b>Speaker:</b> Welcome. Tonight we talk about getting home by bus.</p>")


def video_link() -> dict[str, Any]:
    return {
        "address": "https://vimeo.com/76979871",
        "title": _("An evening with a group"),
        "minutes": 3,
        "transcript": transcript(),
    }


def recording() -> dict[str, Any]:
    return {"title": _("A member tells her story"), "minutes": 4, "transcript": transcript()}


def download() -> dict[str, Any]:
    return {"title": _("A sheet for your notes"), "about": _("One page to print before the meeting.")}


def accordion() -> dict[str, Any]:
    return {
        "parts": [
            {
                "title": _("How large is a group?"),
                "text": _("<p>Some have three members and some have thirty.</p>"),
            },
            {
                "title": _("Who pays for the room?"),
                "text": _("<p>Often the members do, with a tin for coins.</p>"),
            },
        ]
    }


def easy_row() -> dict[str, Any]:
    return {"image": None, "text": _("<p>People in the group help each other.</p>")}


def picture() -> dict[str, Any]:
    """The newest picture of the site that has a description, since a block cannot bring its own."""
    newest = get_image_model().objects.exclude(description="").order_by("-pk").first()
    return {"image": newest, "caption": _("What the reader should notice.")}
