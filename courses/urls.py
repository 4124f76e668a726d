"""The addresses of courses: learning, joining, certificates."""

from django.urls import URLPattern, URLResolver, include, path

from courses.web import (
    applications,
    buying,
    certificates,
    codes,
    cohort_page,
    handing_in,
    joining,
    learning,
    leaving,
    looking,
    needs,
    notes,
    offers,
    organisations,
    papers,
    payment_news,
    questions,
    quizzes,
    reading,
    sessions,
    supporters,
)
from courses.web import messages as told

# Django tries one address after the other: they are grouped by what they begin with, and what learners ask
# for most stands first.
_activity = [
    path("", learning.activity, name="activity"),
    path("work/", handing_in.work, name="work"),
    path("note/", notes.note, name="note"),
    path("place/", reading.place, name="place"),
    path("version/", reading.version, name="version"),
    path("done/", learning.done, name="done"),
    path("begin/", quizzes.begin, name="begin"),
]
_place: list[URLPattern | URLResolver] = [
    path("", learning.course, name="course"),
    path("<int:activity>/", include(_activity)),
    path("questions/", questions.questions, name="questions"),
    path("questions/new/", questions.ask, name="ask"),
    path("sessions/<int:session>/apologise/", sessions.apologise, name="apologise"),
    path("sessions/<int:session>/come/", sessions.come_after_all, name="come_after_all"),
    path("files/<int:file>/", handing_in.work_file, name="work_file"),
    path("cohort/", cohort_page.cohort, name="cohort"),
    path("cohort/name/", cohort_page.show_name, name="show_name"),
    path("notes/", notes.show_notes, name="notes"),
    path("stages/<int:number>/print/", reading.print_stage, name="print_stage"),
    path("cohort/progress/", organisations.share_progress, name="share_progress"),
    path("leave/", leaving.leave, name="leave"),
    path("move/", leaving.move, name="move"),
    path("needs/", needs.show, name="needs"),
    path("needs/delete/", needs.forget, name="forget_needs"),
    path("supporter/", supporters.show, name="supporters"),
    path("supporter/<int:supporter>/remove/", supporters.remove, name="remove_supporter"),
]
_attempt = [
    path("<int:slot>/", quizzes.question, name="question"),
    path("check/", quizzes.check, name="check"),
    path("hand-in/", quizzes.hand_in, name="hand_in"),
    path("review/", quizzes.review, name="review"),
]
_orders = [
    path("", papers.show_orders, name="orders"),
    path("<int:order>/", buying.order, name="order"),
    path("<int:order>/papers/<int:paper>/", papers.paper, name="paper"),
    path("<int:order>/papers/<int:paper>/<slug:kind>.pdf", papers.pdf, name="paper_pdf"),
    path("<int:order>/pay/", buying.pay, name="pay"),
    path("<int:order>/give-up/", buying.give_up, name="give_up_order"),
    path("<int:order>/check/", buying.check, name="check_order"),
    path("<int:order>/choose/", buying.choose, name="choose_after_loss"),
]
_learning: list[URLPattern | URLResolver] = [
    path("", learning.show_dashboard, name="dashboard"),
    path("<int:enrolment>/", include(_place)),
    path("attempts/<int:attempt>/", include(_attempt)),
    path("orders/", include(_orders)),
    path("stop-looking/", looking.stop, name="stop_looking"),
    path("questions/<int:conversation>/", questions.conversation, name="conversation"),
    path("questions/<int:conversation>/read/", questions.read, name="read_answers"),
    path("notices/", told.show_notices, name="notices"),
    path("notices/read/", told.read_all_notices, name="read_all_notices"),
    path("notices/<int:notice>/", told.notice, name="notice"),
    path("notices/<int:notice>/read/", told.read_notice, name="read_notice"),
    path("here/", sessions.word, name="word"),
    path("sessions/<int:session>/here/<str:word>/", sessions.check_in, name="check_in"),
    path("sessions/<int:session>.ics", sessions.session_calendar, name="session_calendar"),
    path("calendar/", sessions.calendar, name="calendar"),
    path("applications/<int:application>/", applications.application, name="application"),
    path("applications/<int:application>/take-back/", applications.withdraw, name="withdraw_application"),
    path("offers/<int:offer>/", offers.offer, name="offer"),
    path("offers/<int:offer>/decline/", offers.decline, name="decline_offer"),
]
_joining = [
    path("", joining.join, name="join"),
    path("buy/", buying.show, name="buy"),
    path("wait/", joining.wait, name="wait"),
    path("stop-waiting/", joining.stop_waiting, name="stop_waiting"),
    path("apply/", applications.apply, name="apply"),
]
_organisation = [
    path("", organisations.show_all, name="organisations"),
    path("<int:organisation>/", organisations.show, name="organisation"),
    path("seats/<int:allocation>/", organisations.seats, name="seats"),
    path("seats/<int:allocation>/give-back/", organisations.give_back, name="give_back_seats"),
    path("seats/<int:allocation>/<int:seat>/send-again/", organisations.send_again, name="send_seat_again"),
    path("seats/<int:allocation>/<int:seat>/take-back/", organisations.take_back, name="take_back_seat"),
    path("invitations/<str:token>/", organisations.invitation, name="manager_link"),
]
_supporting = [
    path("<int:supporter>/", supporters.supporting_page, name="supporting"),
    path("<int:supporter>/reminders/", supporters.choose_reminders, name="supporter_reminders"),
    path("<int:supporter>/leave/", supporters.leave, name="stop_supporting"),
    path("invitations/<str:token>/", supporters.invitation, name="supporter_link"),
    path("invitations/<str:token>/decline/", supporters.decline, name="decline_support"),
]
_reminders = [
    path("", told.show_reminders, name="reminders"),
    path("pause/", told.pause_reminders, name="pause_reminders"),
    path("resume/", told.resume_reminders, name="resume_reminders"),
    path("<int:enrolment>/snooze/", told.snooze_reminders, name="snooze_reminders"),
    path("<int:enrolment>/wake/", told.wake_reminders, name="wake_reminders"),
]
learning_urls: list[URLPattern | URLResolver] = [
    path("learning/", include(_learning)),
    path("join/<int:cohort>/", include(_joining)),
    path("calendars/<str:token>.ics", sessions.calendar_feed, name="calendar_feed"),
    path("join/code/", codes.use_code, name="use_code"),
    path("offers/<str:token>/", offers.offer_link, name="offer_link"),
    path("offers/<str:token>/decline/", offers.decline_link, name="decline_offer_link"),
    path("organisation/", include(_organisation)),
    path("supporting/", include(_supporting)),
    path("account/reminders/", include(_reminders)),
]

certificate_urls = [
    path("", certificates.look_up, name="look_up"),
    path("<str:code>/", certificates.verify, name="verify"),
    path("<str:code>/view/", certificates.view, name="view"),
    path("<str:code>/certificate.pdf", certificates.pdf, name="pdf"),
    path("<str:code>/show-name/", certificates.show_name, name="show_name"),
]

urlpatterns = [
    path("", include((learning_urls, "learning"))),
    path("certificates/", include((certificate_urls, "certificates"))),
    path("payments/stripe/", payment_news.receive, name="stripe-webhook"),
]
