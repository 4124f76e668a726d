import pytest
pytestmark=pytest.mark.browser
def test_x(site):
    from courses.assessment.models import Attempt
    from django.db import connection
    print(connection.settings_dict["NAME"])
    for a in Attempt.objects.all(): print(a.pk,a.enrolment.learner.email,a.number,a.status,a.started_at,a.closed_at,a.score)
