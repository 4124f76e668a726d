import time, pytest
from dataclasses import replace
from courses.catalogue.models import Activity, Edition
from courses.catalogue import outline as outlines
from courses.cohorts.models import CohortStaff, Cohort
from courses.enrolment.models import Enrolment
from courses.progress.models import Record
from cms.users.models import User
from tests.factories import courses as build
from django.urls import reverse
from tests.factories import people

@pytest.mark.django_db
def test_perf(course, fay, sign_in, now):
    o = course.outline
    pattern = o.activities[0]
    acts = Activity.objects.bulk_create([Activity(course=course.page.course, key=__import__("uuid").uuid4(), kind="lesson", title=f"Lesson with a title {n}") for n in range(60)])
    stages = tuple(replace(o.stages[0], number=s+1, title=f"Stage {s+1}", is_gated=False, activities=tuple(replace(pattern, activity_id=a.pk, title=a.title) for a in acts[s*12:(s+1)*12])) for s in range(5))
    e = Edition(course=course.page.course, number=7, frozen=outlines.to_json(replace(o, stages=stages)), published_at=now, published_by=fay); e.save()
    c = build.cohort(e, at=now, name="Big")
    CohortStaff.objects.create(cohort=c, user=fay, role="facilitator")
    us = User.objects.bulk_create(User(email=f"u{n}@example.org", printed_name=f"Person {n:03}") for n in range(500))
    ens = Enrolment.objects.bulk_create(Enrolment(learner=u, cohort=c, status="active", started_at=now) for u in us)
    Record.objects.bulk_create([Record(enrolment=en, activity_id=a.pk, outcome="done", at=now, by=en.learner) for i, en in enumerate(ens) for a in acts[: 10 + i % 50]], batch_size=2000)
    page = sign_in(fay)
    url = reverse("staff:matrix", args=[c.pk])
    page.get(url)
    for u in (url, url + "?sort=progress", url+"?show=quiet", url + "?stage=1", reverse("staff:register", args=[c.pk]), reverse("staff:notices", args=[c.pk])):
        ts=[]
        for _ in range(6):
            t = time.process_time(); r = page.get(u); ts.append(time.process_time()-t)
        print(u, r.status_code, len(r.content), round(min(ts)*1000), "ms")
    pass
    import cProfile, pstats; url=reverse("staff:notices", args=[c.pk])
    p = cProfile.Profile(); p.enable(); page.get(url); p.disable()
    pstats.Stats(p).sort_stats("tottime").print_stats(25)
