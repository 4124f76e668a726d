from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"

    def ready(self) -> None:
        # Handlers of background work, exporters and erasers of personal data, and retention rules.
        # What each slice says in its messages, how many are unread, and what a new address mends.
        from allauth.account.signals import email_changed

        from courses import tasks  # noqa: F401
        from courses.actions import (  # noqa: F401  # noqa: F401
            mail_trouble,
            privacy,
            privacy_applications,
            privacy_coursework,
            privacy_invitations,
            privacy_messages,
            privacy_needs,
            privacy_organisations,
            privacy_payments,
            privacy_people,
            privacy_prerequisites,
            privacy_seats,
            privacy_sessions,
            privacy_supporters,
            privacy_vouchers,
        )
        from courses.messages import kinds

        # What `manage.py check` says about paying by card.
        from courses.payments import (
            checks,  # noqa: F401
            sellers,  # noqa: F401
        )

        # Who is asked questions by learners, for their choice of e-mails.
        from courses.queries import (
            notices,  # noqa: F401
            registers,  # noqa: F401
        )

        kinds.load()
        email_changed.connect(mail_trouble.address_changed, dispatch_uid="mail-trouble")
