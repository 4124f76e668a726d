"""The addresses of the site as the demo has them: with its mailbox, and serving its own pictures."""

import runpy

from django.test import override_settings

from cms import urls

with override_settings(MAILBOX=True, SERVE_MEDIA=True):
    urlpatterns = runpy.run_path(urls.__file__)["urlpatterns"]
