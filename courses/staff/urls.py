"""Staff pages inside Wagtail's admin."""

from django.urls import path

from courses.staff import (
    applications,
    bulk,
    editions,
    exchange,
    looking,
    matrix,
    notices,
    people,
    places,
    questions,
    views,
    work,
)
from courses.staff import messages as told

urlpatterns = [
    path("editions/<int:page>/", editions.publish_edition, name="publish_edition"),
    path("editions/<int:page>/all/", editions.list_editions, name="editions"),
    path("courses/<int:page>/export/", exchange.export, name="export_course"),
    path("courses/import/", exchange.import_course, name="import_course"),
    path("looking/<int:page>/", looking.choose, name="look"),
    path("looking/editions/<int:edition>/", looking.at_edition, name="look_at_edition"),
    path("looking/learners/<int:enrolment>/", looking.at_learner, name="look_at_learner"),
    path("quizzes/<int:page>/try/", looking.try_quiz, name="try_quiz"),
    path("registers/", views.registers_list, name="registers"),
    path("registers/<int:cohort>/", views.register, name="register"),
    path("registers/<int:cohort>/matrix/", matrix.show, name="matrix"),
    path("registers/<int:cohort>/matrix.csv", matrix.download, name="matrix_csv"),
    path("registers/<int:cohort>/chosen/", bulk.chosen, name="bulk"),
    path("registers/<int:cohort>/notices/", notices.notices, name="notices"),
    path("registers/<int:cohort>/notices/<int:notice>/remove/", notices.remove, name="remove_notice"),
    path("registers/<int:cohort>/applications/", applications.applications, name="applications"),
    path("registers/<int:cohort>/applications.csv", applications.download, name="applications_csv"),
    path("applications/<int:application>/", applications.application, name="application"),
    path("registers/<int:cohort>/places/", places.places, name="places"),
    path("offers/<int:offer>/take-back/", places.take_back, name="take_back_offer"),
    path("people/<int:enrolment>/", people.person, name="person"),
    path("people/<int:enrolment>/<slug:what>/", people.act, name="person_act"),
    path("questions/", questions.questions, name="questions"),
    path("questions/<int:conversation>/", questions.question, name="question"),
    path("questions/<int:conversation>/close/", questions.close, name="close_question"),
    path("questions/<int:conversation>/reopen/", questions.reopen, name="reopen_question"),
    path("work/", work.work_list, name="work"),
    path("work/<int:submission>/", work.submission, name="submission"),
    path("work/files/<int:file>/", work.work_file, name="work_file"),
    path("messages/", told.messages_list, name="messages"),
    path("messages/<slug:kind>/", told.message_kind, name="message_kind"),
    path("messages/<slug:kind>/standard/", told.standard_words, name="standard_words"),
]
