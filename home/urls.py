"""The demo's mailbox. Only there when MAILBOX is on, which it never is in production."""

from django.urls import path

from home.demo import mailbox

app_name = "demo"
urlpatterns = [
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<str:name>/", mailbox.message, name="message"),
]
