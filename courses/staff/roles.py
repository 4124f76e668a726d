"""The groups of people who may use the admin, and what each may do."""

from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from cms.core import moderation

ADMIN = "wagtailadmin.access_admin"


@dataclass(frozen=True, slots=True)
class Role:
    """One group: permissions by "app.codename", and what its people may do with all pages."""

    name: str
    permissions: tuple[str, ...]
    pages: tuple[str, ...] = ()
    images: tuple[str, ...] = ()


def _all(model: str) -> tuple[str, ...]:
    return tuple(f"courses.{verb}_{model}" for verb in ("add", "change", "delete", "view"))


GLOSSARY = tuple(f"core.{verb}_glossaryterm" for verb in ("add", "change", "delete", "view"))
# The menus, and who answers at the foot of every page.
SITE = ("core.change_sitenavigation", "core.change_sitedetails")
# Nobody deletes one: what it gave is on orders.
VOUCHERS = tuple(f"courses.{verb}_voucher" for verb in ("add", "change", "view"))

ROLES = (
    Role(
        name="Course editors",
        permissions=(
            ADMIN,
            *_all("course"),
            *_all("accreditationrecord"),
            *_all("topic"),
            *_all("question"),
            *GLOSSARY,
        ),
        pages=("add_page", "change_page", "publish_page"),
        images=("add_image", "change_image", "choose_image", "add_document", "change_document"),
    ),
    # The second pair of eyes: they read what others hand in, and publish it (cms/core/moderation.py).
    Role(
        name="Publishing editors",
        permissions=(
            ADMIN,
            *_all("course"),
            *_all("accreditationrecord"),
            *_all("topic"),
            *_all("question"),
            *GLOSSARY,
            *SITE,
        ),
        pages=("add_page", "change_page", "publish_page", "unlock_page"),
        images=("add_image", "change_image", "choose_image", "add_document", "change_document"),
    ),
    # Facilitators and assessors: they see the registers of their own cohorts, and nothing else.
    Role(name="Course team", permissions=(ADMIN,)),
    Role(
        name="Course administrators",
        permissions=(
            ADMIN,
            *_all("course"),
            *_all("accreditationrecord"),
            *_all("topic"),
            *_all("cohort"),
            *_all("cohortstaff"),
            *_all("applicationform"),
            *_all("organisation"),
            # They see orders. To give money back takes the role below.
            "courses.view_order",
            *VOUCHERS,
            "courses.change_messagetemplate",
            *_all("question"),
            *GLOSSARY,
            *SITE,
        ),
        pages=("add_page", "change_page", "publish_page", "unlock_page"),
        images=("add_image", "change_image", "choose_image", "add_document", "change_document"),
    ),
    # They see orders, give money back and settle what went wrong, and take tables of takings away. They see
    # no register and edit no page.
    Role(
        name="Payments",
        permissions=(
            ADMIN,
            "courses.view_order",
            "courses.change_order",
            "courses.view_orderbilling",
            *VOUCHERS,
        ),
    ),
)

# Who reads and approves what others hand in.
APPROVERS = ("Publishing editors", "Course administrators")


def set_up() -> None:
    """Make or bring up to date every group. Safe to repeat; other groups are left alone."""
    for role in ROLES:
        group, _new = Group.objects.get_or_create(name=role.name)
        group.permissions.set([_permission(name) for name in role.permissions])
        root = Page.get_first_root_node()
        for codename in role.pages:
            GroupPagePermission.objects.get_or_create(
                group=group, page=root, permission=_permission(f"wagtailcore.{codename}")
            )
        collection = Collection.get_first_root_node()
        for codename in role.images:
            app = "wagtaildocs" if codename.endswith("document") else "wagtailimages"
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=collection, permission=_permission(f"{app}.{codename}")
            )
    moderation.set_up(Group.objects.filter(name__in=APPROVERS))


def _permission(name: str) -> Permission:
    app, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)
