from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("courses", "0006_payments")]

    operations = [
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                fields=["asked_at"],
                condition=models.Q(status__in=["pending", "requested"]),
                name="refund_under_way",
            ),
        ),
    ]
