"""Staff pages inside Wagtail's admin."""

from django.urls import path

from courses.staff import views

urlpatterns = [
    path("editions/<int:page>/", views.publish_edition, name="publish_edition"),
    path("registers/", views.registers_list, name="registers"),
    path("registers/<int:cohort>/", views.register, name="register"),
]
