"""The sealer runs every half minute."""

from __future__ import annotations

import psycopg
from django.conf import settings
from procrastinate.contrib.django import app

from wuyicun.kernel import clock
from wuyicun.kernel.audit import sealer


@app.periodic(cron="* * * * * */30")
@app.task(name="audit.seal", queueing_lock="audit.seal")
def seal(timestamp: int) -> None:
    """Seal what can no longer change."""
    with psycopg.connect(settings.WUYI_SEALER_URL, autocommit=True) as connection:
        sealer.seal(connection, clock.now())
