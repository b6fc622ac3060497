"""Accounts made before there were postings keep what they saw: the force's people as analysts, a partner's as hub workers.

What was open to nobody in particular is now open by role; an administrator moves each to the posting that they really hold.
"""

from django.db import migrations

OPERATOR = ["analyst", "administrator", "intelligence-officer", "supervisor", "planner", "data-protection"]


def post(apps, schema_editor):
    User, Posting, Clearance = (apps.get_model("access", name) for name in ("User", "Posting", "Clearance"))
    for user in User.objects.filter(is_active=True).exclude(agency=None).select_related("agency"):
        since = {"user": user, "start": user.date_joined.date(), "by": "the installation", "at": user.date_joined}
        if user.username == "operator":
            Posting.objects.create(roles=OPERATOR, **since)
            Clearance.objects.create(kind="vetting", name="mv", **since)
            Clearance.objects.create(kind="training", name="intelligence-handling", **since)
        else:
            Posting.objects.create(roles=["analyst"] if user.agency.kind == "police" else ["hub-worker"], **since)


class Migration(migrations.Migration):
    dependencies = [("access", "0006_postings_and_policy")]
    operations = [migrations.RunPython(post, migrations.RunPython.noop)]
