from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"

    def ready(self) -> None:
        # Handlers of background work, exporters and erasers of personal data, and retention rules.
        from courses import tasks  # noqa: F401
        from courses.actions import privacy  # noqa: F401

        # Who is asked questions by learners, for their choice of e-mails.
        from courses.queries import registers  # noqa: F401
