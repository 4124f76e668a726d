"""The way in for gunicorn."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.production")
application = get_wsgi_application()

# What was imported stays for good, so the collector need not look at it again; and a request makes some
# thousands of short-lived objects, so the usual threshold of 700 would have it look several times for each.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
