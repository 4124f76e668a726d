from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class UsersConfig(AppConfig):
    name = "cms.users"
    label = "users"


class PeopleAdminConfig(WagtailUsersAppConfig):
    """Wagtail's own app for people, with our list and forms."""

    user_viewset = "cms.users.viewset.PersonViewSet"
