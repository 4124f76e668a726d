"""Every address of the site. Each has a row in tests/architecture/addresses/: who may, at what cost."""

from django.conf import settings
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access
from wagtail.documents import urls as wagtaildocs_urls

from cms.core import health, media, ranges, robots
from cms.core.serve import page_address
from cms.users import signing_in_urls, staff_views
from cms.users import urls as account_urls
from cms.users import views as users
from cms.users.viewset import StaffAccountView
from courses import urls as courses_urls
from home import urls as home_urls
from search import views as search_views

handler500 = "cms.core.errors.server_error"
urlpatterns = [
    path("health/", health.health, name="health"),
    path("ready/", health.ready, name="ready"),
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap.xml", robots.sitemap, name="sitemap"),
    # Django tries one address after the other: those that learners ask for most stand near the top.
    path("", include(courses_urls)),
    path("admin/login/", users.staff_login, name="staff_login"),
    path("admin/account/", require_admin_access(StaffAccountView.as_view()), name="staff_account"),
    path("admin/people/<int:pk>/second-step/", staff_views.remove_second_step, name="staff_second_step"),
    path("admin/", include(wagtailadmin_urls)),
    re_path(r"^documents/(\d+)/(.*)$", ranges.serve_file, name="wagtaildocs_serve"),
    path("documents/", include(wagtaildocs_urls)),
    path("accounts/", include(signing_in_urls)),
    path("account/", include(account_urls)),
    path("search/", search_views.search, name="search"),
]
if settings.SERVE_MEDIA:
    urlpatterns += [path("media/<path:path>", media.media, name="media")]
if settings.MAILBOX:
    urlpatterns += [path("demo/", include(home_urls))]
urlpatterns += [
    # Wagtail's own sign-in form would let in people whose address is not confirmed, as often as they try.
    path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    page_address,
    path("", include(wagtail_urls)),
]
