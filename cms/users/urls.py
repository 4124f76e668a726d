"""The pages of a person's own account."""

from django.urls import path

from cms.users import views

app_name = "account"
urlpatterns = [
    path("", views.home, name="home"),
    path("name/", views.details, name="details"),
    path("reading/", views.reading, name="reading"),
    path("e-mails/", views.emails, name="emails"),
    path("signed-in/", views.places, name="places"),
    path("signed-in/<int:pk>/sign-out/", views.sign_out_one, name="sign_out_one"),
    path("signed-in/sign-out-others/", views.sign_out_others, name="sign_out_others"),
    path("privacy/", views.privacy, name="privacy"),
    path("agree/", views.agree, name="agree"),
    path("download/", views.download, name="download"),
    path("close/", views.close, name="close"),
    path("keep/", views.keep, name="keep"),
]
