"""The addresses of the site with the demo's mailbox, which production never has."""

from django.urls import include, path

from cms.urls import urlpatterns as site
from home import urls as home_urls

urlpatterns = [path("demo/", include(home_urls)), *site]
