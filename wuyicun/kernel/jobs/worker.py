"""The jobs' worker: procrastinate on the application's own database, enqueued in the same transaction as the data.

A worker that dies in a job is noticed after ten seconds and its job run again; so every effect of a job is keyed, and
twice is once. Tasks are plain functions: one that is `async` and blocks would starve the heartbeat and be run twice.
"""

from __future__ import annotations

from typing import cast

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

HEARTBEAT_SECONDS = 3.0
STALLED_SECONDS = 10.0
AT_ONCE = 2


def main() -> None:
    """Work until told to stop."""
    connector = cast("DjangoConnector", app.connector).get_worker_connector()
    with app.replace_connector(connector) as worker:
        worker.run_worker(
            concurrency=AT_ONCE,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=STALLED_SECONDS,
            listen_notify=True,
            install_signal_handlers=True,
        )
