"""Reading and answering learners' questions, in Wagtail's admin."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.sidebar import LinkMenuItem

from cms.core import typed
from cms.core.statuses import MISTAKE, REFUSED
from courses.actions import ask
from courses.actions.ask import AskRefused
from courses.conversations.models import LONGEST_MESSAGE, Conversation
from courses.queries import waiting
from courses.queries.waiting import Task


class AnswerForm(forms.Form):
    """An answer. The action judges the words."""

    text = forms.CharField(
        strip=False,
        label=gettext_lazy("Your answer"),
        help_text=gettext_lazy("The learner sees your name with it, and may get it by e-mail."),
        widget=forms.Textarea(attrs={"rows": 8, "maxlength": LONGEST_MESSAGE}),
        error_messages={"required": gettext_lazy("Please write something first.")},
    )


@require_http_methods(["GET", "HEAD"])
def questions(request: HttpRequest) -> HttpResponse:
    """The questions this person may answer, the longest waiting first."""
    found = waiting.questions(
        person=request.user,
        show=request.GET.get("show", "waiting"),
        cohort=request.GET.get("cohort", ""),
        page=request.GET.get("p", "1"),
        at=timezone.now(),
    )
    context = {
        "list": found,
        "header_title": _("Learners’ questions"),
        "page_title": _("Learners’ questions"),
        "header_icon": "comment",
    }
    return render(request, "courses/staff/questions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, conversation: int) -> HttpResponse:
    """One question with its answers (GET); answer it (POST)."""
    form = AnswerForm(request.POST) if request.method == "POST" else AnswerForm()
    if request.method != "POST":
        return _show(request, conversation, form)
    token = request.POST.get("token", "")
    if not form.is_valid():
        return _show(request, conversation, form, token=token, status=MISTAKE)
    try:
        answered = ask.answer(
            conversation_id=conversation,
            by=request.user,
            text=form.cleaned_data["text"],
            token=typed.token(token),
            seen=typed.number(request.POST.get("seen")),
            at=timezone.now(),
        )
    except Conversation.DoesNotExist as nothing:
        raise Http404 from nothing
    except AskRefused as refused:
        form.add_error("text", refused.sentence)
        return _show(request, conversation, form, token=token, status=REFUSED)
    if answered.is_settled:
        messages.success(request, _("Your answer is sent."))
        return redirect("staff:questions")
    messages.warning(
        request,
        _(
            "Your answer is sent. The learner wrote again while you were writing, "
            "so the question still waits."
        ),
    )
    return redirect("staff:question", conversation)


def _show(
    request: HttpRequest, conversation: int, form: AnswerForm, *, token: str = "", status: int = 200
) -> HttpResponse:
    try:
        thread = waiting.thread(conversation_id=conversation, person=request.user, at=timezone.now())
    except Conversation.DoesNotExist as nothing:
        raise Http404 from nothing
    context = {
        "thread": thread,
        "form": form,
        "token": token or uuid4(),
        "header_title": _("Question of %(learner)s") % {"learner": thread.learner},
        "page_title": _("Question of %(learner)s") % {"learner": thread.learner},
        "page_subtitle": f"{thread.course_title}, {thread.cohort.name}",
        "header_icon": "comment",
    }
    return render(request, "courses/staff/question.html", context, status=status)


def _settle(request: HttpRequest, conversation: int, change: Callable[[], object], done: str) -> HttpResponse:
    try:
        change()
    except Conversation.DoesNotExist as nothing:
        raise Http404 from nothing
    except AskRefused as refused:
        messages.warning(request, refused.sentence)
    else:
        messages.success(request, done)
    return redirect("staff:question", conversation)


@require_http_methods(["POST"])
def close(request: HttpRequest, conversation: int) -> HttpResponse:
    """Nothing more needs to be said."""
    seen, now = typed.number(request.POST.get("seen")), timezone.now()

    def change() -> bool:
        return ask.close(conversation_id=conversation, by=request.user, seen=seen, at=now)

    return _settle(
        request, conversation, change, _("The question is closed. If the learner writes again, it opens.")
    )


@require_http_methods(["POST"])
def reopen(request: HttpRequest, conversation: int) -> HttpResponse:
    """A closed question waits for an answer again."""
    now = timezone.now()

    def change() -> bool:
        return ask.reopen(conversation_id=conversation, by=request.user, at=now)

    return _settle(request, conversation, change, _("The question is open again."))


def task_of(request: HttpRequest) -> Task:
    """Asked once a request: the menu wants to know twice."""
    found: Task | None = getattr(request, "_questions_task", None)
    if found is None:
        found = waiting.task_of(request.user)
        request._questions_task = found  # type: ignore[attr-defined]
    return found


class QuestionsMenuItem(MenuItem):
    """Only shown to people who answer questions, with the number that wait."""

    def is_shown(self, request: HttpRequest) -> bool:
        return task_of(request).is_theirs

    def render_component(self, request: HttpRequest) -> LinkMenuItem:
        number = task_of(request).waiting
        label = f"{self.label} ({number})" if number else str(self.label)
        return LinkMenuItem(self.name, label, self.url, icon_name=self.icon_name, classname=self.classname)


def menu_item() -> MenuItem:
    """The way to the questions."""
    return QuestionsMenuItem(
        _("Learners’ questions"),
        reverse("staff:questions"),
        name="learners-questions",
        icon_name="comment",
        order=10,
    )


class WaitingPanel(Component):
    """The questions that have waited longest, on the admin's first page."""

    name = "questions_waiting"
    template_name = "courses/staff/questions_panel.html"
    order = 50

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        number = task_of(self.request).waiting
        sentence = ngettext("%(n)d question waits.", "%(n)d questions wait.", number) % {"n": number}
        return {
            "sentence": sentence,
            "questions": waiting.longest_waiting(person=self.request.user, at=timezone.now()),
            "all_url": reverse("staff:questions"),
        }
