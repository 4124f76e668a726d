"""The pages of a person's own account."""

from django.urls import path

from cms.users import views

app_name = "account"
urlpatterns = [
    path("", views.details, name="details"),
    path("privacy/", views.privacy, name="privacy"),
    path("download/", views.download, name="download"),
    path("close/", views.close, name="close"),
    path("keep/", views.keep, name="keep"),
]
