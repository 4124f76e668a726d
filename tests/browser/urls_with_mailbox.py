"""The addresses of the demo, which has a mailbox."""

from django.urls import include, path

from cms.urls import urlpatterns as urls_of_the_site
from home import urls as home_urls

urlpatterns = [path("demo/", include(home_urls)), *urls_of_the_site]
