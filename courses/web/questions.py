"""Asking a question about a course, and reading the answers."""

from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.core import typed
from cms.core.statuses import MISTAKE, REFUSED, refuse, status_of
from courses.actions import ask as asking
from courses.actions.ask import AskRefused
from courses.conversations.models import LONGEST_MESSAGE
from courses.queries import conversations
from courses.web import drafts
from courses.web.people import LearnerRequest, learner_page

# What a link may begin to write for somebody, by the word in its address.
BEGUN = {"change": gettext_lazy("I would like to change to another group of this course, because ")}


class WordsForm(forms.Form):
    """One message. `token` makes the same form, sent twice, one message; the action judges the words."""

    text = forms.CharField(
        strip=False,
        label=gettext_lazy("Your question"),
        error_messages={"required": gettext_lazy("Please write something first.")},
        widget=forms.Textarea(attrs={"rows": 8, "maxlength": LONGEST_MESSAGE}),
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)


class ReplyForm(WordsForm):
    """Another message about a question."""

    field_order = ("text", "token", "seen")
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["text"].label = _("Write again")
        self.fields["text"].widget.attrs["rows"] = 5


@learner_page("GET", "HEAD")
def questions(request: LearnerRequest, enrolment: int) -> HttpResponse:
    """All that a learner has asked on one course."""
    found = conversations.course_questions(enrolment_id=enrolment, learner=request.user)
    return render(request, "learning/questions.html", {"page": found})


@drafts.keeps_words("text", "token")
@learner_page("GET", "HEAD", "POST")
def ask(request: LearnerRequest, enrolment: int) -> HttpResponse:
    """Write a new question (GET) and send it (POST). `about` in the address names an activity."""
    about = typed.number(request.GET.get("about")) or None
    shown = conversations.asking(enrolment_id=enrolment, learner=request.user, activity_id=about)
    if request.method != "POST":
        begun = str(BEGUN.get(request.GET.get("for", ""), ""))
        form = WordsForm(initial={"text": begun, "token": uuid4(), **drafts.of(request)})
        return render(request, "learning/ask.html", {"asking": shown, "form": form})
    form = WordsForm(request.POST)
    if not form.is_valid():
        return render(request, "learning/ask.html", {"asking": shown, "form": form}, status=MISTAKE)
    try:
        asked = asking.start(
            enrolment_id=enrolment,
            activity_id=shown.activity_id,
            learner=request.user,
            text=form.cleaned_data["text"],
            token=typed.token(form.cleaned_data["token"]),
            at=timezone.now(),
        )
    except AskRefused as refused:
        form.add_error("text", refused.sentence)
        return render(request, "learning/ask.html", {"asking": shown, "form": form}, status=REFUSED)
    drafts.forget(request)
    messages.success(request, _("Your question is sent. You will find the answer here."))
    return redirect("learning:conversation", asked.pk)


@drafts.keeps_words("text", "token", "seen")
@learner_page("GET", "HEAD", "POST")
def conversation(request: LearnerRequest, conversation: int) -> HttpResponse:
    """A question with its answers (GET); write again about it (POST)."""
    if request.method == "POST":
        return _reply(request, conversation)
    shown = conversations.thread(conversation_id=conversation, learner=request.user)
    form = ReplyForm(initial={"token": uuid4(), **drafts.of(request), "seen": shown.seen})
    return render(request, "learning/question_thread.html", {"thread": shown, "form": form})


def _reply(request: LearnerRequest, conversation: int) -> HttpResponse:
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _refuse_reply(request, conversation, form)
    try:
        asking.reply(
            conversation_id=conversation,
            learner=request.user,
            text=form.cleaned_data["text"],
            token=typed.token(form.cleaned_data["token"]),
            seen=typed.number(form.cleaned_data["seen"]),
            at=timezone.now(),
        )
    except AskRefused as refused:
        refuse(form, "text", refused.sentence)
        return _refuse_reply(request, conversation, form)
    drafts.forget(request)
    messages.success(request, _("Your message is sent."))
    return redirect("learning:conversation", conversation)


def _refuse_reply(request: LearnerRequest, conversation: int, form: ReplyForm) -> HttpResponse:
    """The page again, with what was typed."""
    shown = conversations.thread(conversation_id=conversation, learner=request.user)
    context = {"thread": shown, "form": form}
    return render(request, "learning/question_thread.html", context, status=status_of(form))


@learner_page("POST")
def read(request: LearnerRequest, conversation: int) -> HttpResponse:
    """The learner has read the answers that were on the page."""
    asking.mark_read(
        conversation_id=conversation,
        learner=request.user,
        upto=typed.number(request.POST.get("seen")),
        at=timezone.now(),
    )
    return redirect("learning:conversation", conversation)
