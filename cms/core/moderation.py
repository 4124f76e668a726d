"""The way to publish with a second pair of eyes: one person writes, another reads and approves.

It is offered on every page and forced on none: who may publish still may. A site that wants another way
changes or switches off this one in the admin, and `manage.py roles` leaves that as it is.
"""

from collections.abc import Iterable

from django.contrib.auth.models import Group
from wagtail.models import GroupApprovalTask, Page, Workflow, WorkflowPage, WorkflowTask

NAME = "Second pair of eyes"
TASK = "Somebody else reads it"
# Wagtail makes this one in its first migration, for a group that this site does not use.
WAGTAILS_OWN = "Moderators approval"


def set_up(approvers: Iterable[Group]) -> None:
    """Make the workflow and offer it on every page. Safe to repeat; what a site changed is left alone."""
    if Workflow.objects.filter(name=NAME).exists():
        return
    task = GroupApprovalTask.objects.create(name=TASK)
    task.groups.set(approvers)
    workflow = Workflow.objects.create(name=NAME)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    root = Page.get_first_root_node()
    offered = WorkflowPage.objects.filter(page=root).first()
    if offered is None:
        WorkflowPage.objects.create(page=root, workflow=workflow)
    elif offered.workflow.name == WAGTAILS_OWN:
        WorkflowPage.objects.filter(pk=offered.pk).update(workflow=workflow)
