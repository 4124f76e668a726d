"""The addresses of courses: learning, joining, certificates."""

from django.urls import include, path

from courses.web import certificates, joining, learning, looking, notes, questions, quizzes, reading

learning_urls = [
    path("learning/", learning.show_dashboard, name="dashboard"),
    path("learning/stop-looking/", looking.stop, name="stop_looking"),
    path("learning/<int:enrolment>/", learning.course, name="course"),
    path("learning/<int:enrolment>/questions/", questions.questions, name="questions"),
    path("learning/<int:enrolment>/questions/new/", questions.ask, name="ask"),
    path("learning/questions/<int:conversation>/", questions.conversation, name="conversation"),
    path("learning/questions/<int:conversation>/read/", questions.read, name="read_answers"),
    path("learning/<int:enrolment>/<int:activity>/", learning.activity, name="activity"),
    path("learning/<int:enrolment>/notes/", notes.show_notes, name="notes"),
    path("learning/<int:enrolment>/stages/<int:number>/print/", reading.print_stage, name="print_stage"),
    path("learning/<int:enrolment>/<int:activity>/note/", notes.note, name="note"),
    path("learning/<int:enrolment>/<int:activity>/place/", reading.place, name="place"),
    path("learning/<int:enrolment>/<int:activity>/version/", reading.version, name="version"),
    path("learning/<int:enrolment>/<int:activity>/done/", learning.done, name="done"),
    path("learning/<int:enrolment>/<int:activity>/begin/", quizzes.begin, name="begin"),
    path("learning/attempts/<int:attempt>/<int:slot>/", quizzes.question, name="question"),
    path("learning/attempts/<int:attempt>/check/", quizzes.check, name="check"),
    path("learning/attempts/<int:attempt>/hand-in/", quizzes.hand_in, name="hand_in"),
    path("learning/attempts/<int:attempt>/review/", quizzes.review, name="review"),
    path("join/<int:cohort>/", joining.join, name="join"),
]

certificate_urls = [
    path("certificates/", certificates.look_up, name="look_up"),
    path("certificates/<str:code>/", certificates.verify, name="verify"),
    path("certificates/<str:code>/view/", certificates.view, name="view"),
    path("certificates/<str:code>/certificate.pdf", certificates.pdf, name="pdf"),
    path("certificates/<str:code>/show-name/", certificates.show_name, name="show_name"),
]

urlpatterns = [
    path("", include((certificate_urls, "certificates"))),
    path("", include((learning_urls, "learning"))),
]
