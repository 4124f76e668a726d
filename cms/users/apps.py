from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class UsersConfig(AppConfig):
    name = "cms.users"
    label = "users"

    def ready(self) -> None:
        # This layer's part of the download, and its retention rules.
        from cms.users import personal_data  # noqa: F401


class PeopleAdminConfig(WagtailUsersAppConfig):
    """Wagtail's own app for people, with our list and forms."""

    user_viewset = "cms.users.viewset.PersonViewSet"
