"""The words of messages in Wagtail's admin: read, change and try them, or take the standard ones again."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin.menu import MenuItem

from cms.core import typed
from cms.core.statuses import MISTAKE
from courses.actions import message_words
from courses.enrolment.models import Enrolment
from courses.messages import kinds, writing
from courses.messages.kinds import KindUnknown, MessageKind
from courses.queries import message_words as words

MAY_CHANGE = "courses.change_messagetemplate"


class WordsForm(forms.Form):
    """The subject and the words of one kind. What is not allowed is said in words."""

    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=120,
        help_text=gettext_lazy("Short, and nothing about the person: it can be read on a locked telephone."),
        widget=forms.TextInput,
    )
    body = forms.CharField(
        label=gettext_lazy("Words"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text=gettext_lazy(
            "Plain text. An empty line begins a new paragraph. The words of a link end with a colon, and "
            "{url} stands alone on the line below them."
        ),
    )

    def __init__(self, *args: Any, kind: MessageKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind

    def clean(self) -> dict[str, Any]:
        """The action knows what is wrong."""
        cleaned: dict[str, Any] = super().clean() or {}
        given = {"subject": cleaned.get("subject", ""), "body": cleaned.get("body", "")}
        for field, sentences in message_words.wrong_with(kind=self.kind, **given).items():
            if field in cleaned:
                self.add_error(field, sentences)
        return cleaned


@require_http_methods(["GET", "HEAD"])
@permission_required(MAY_CHANGE, raise_exception=True)
def messages_list(request: HttpRequest) -> HttpResponse:
    """Every kind of message."""
    context = {"kinds": words.all_kinds(), **_header(_("Words of messages"))}
    return render(request, "courses/staff/messages.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MAY_CHANGE, raise_exception=True)
def message_kind(request: HttpRequest, kind: str) -> HttpResponse:
    """One kind (GET); try its words, or keep them (POST)."""
    found = _kind(kind)
    own = writing.own_words(found.name)
    if request.method != "POST":
        subject, body = (own.subject, own.body) if own else words.standard_words(found)
        form = WordsForm(kind=found, initial={"subject": subject, "body": body})
        return _page(request, found, form, is_own=own is not None)
    form = WordsForm(request.POST, kind=found)
    if not form.is_valid():
        return _page(request, found, form, is_own=own is not None, status=MISTAKE)
    if request.POST.get("do") == "preview":
        return _page(request, found, form, is_own=own is not None, preview=_preview(request, found, form))
    given = form.cleaned_data
    message_words.save(kind=found, subject=given["subject"], body=given["body"], by=request.user)
    messages.success(request, _("The words are kept. They are sent from now on."))
    return redirect("staff:message_kind", found.name)


@require_http_methods(["POST"])
@permission_required(MAY_CHANGE, raise_exception=True)
def standard_words(request: HttpRequest, kind: str) -> HttpResponse:
    """Take the standard words again."""
    found = _kind(kind)
    if message_words.use_standard(kind=found, by=request.user):
        messages.success(request, _("The standard words are sent again. The history keeps your own words."))
    return redirect("staff:message_kind", found.name)


def _preview(request: HttpRequest, kind: MessageKind, form: WordsForm) -> words.Preview | None:
    given = form.cleaned_data
    try:
        return words.preview(
            kind=kind,
            subject=given["subject"],
            body=given["body"],
            enrolment_id=typed.number(request.POST.get("enrolment")),
            at=timezone.now(),
        )
    except Enrolment.DoesNotExist:
        messages.warning(request, _("Please choose whose data the preview shows."))
        return None


def _page(
    request: HttpRequest,
    kind: MessageKind,
    form: WordsForm,
    *,
    is_own: bool,
    preview: words.Preview | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "kind": kind,
        "form": form,
        "is_own": is_own,
        "placeholders": [f"{{{name}}}" for name in writing.allowed(kind)],
        "learners": words.learners(),
        "chosen": typed.number(request.POST.get("enrolment")),
        "preview": preview,
        "history": words.history(kind),
        **_header(str(kind.title)),
    }
    return render(request, "courses/staff/message.html", context, status=status)


def _header(title: str) -> dict[str, str]:
    return {"header_title": title, "page_title": title, "header_icon": "mail"}


def _kind(name: str) -> MessageKind:
    try:
        return kinds.find(name)
    except KindUnknown as unknown:
        raise Http404 from unknown


class MessagesMenuItem(MenuItem):
    """Only shown to people who may change the words."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(MAY_CHANGE))


def menu_item() -> MenuItem:
    """The way to the words of messages."""
    return MessagesMenuItem(
        _("Words of messages"), reverse("staff:messages"), name="messages", icon_name="mail", order=900
    )
