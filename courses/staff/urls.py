"""Staff pages inside Wagtail's admin."""

from django.urls import path

from courses.staff import editions, exchange, looking, questions, views

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
    path("questions/", questions.questions, name="questions"),
    path("questions/<int:conversation>/", questions.question, name="question"),
    path("questions/<int:conversation>/close/", questions.close, name="close_question"),
    path("questions/<int:conversation>/reopen/", questions.reopen, name="reopen_question"),
]
