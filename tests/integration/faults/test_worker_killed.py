"""A worker that is killed in the middle of a job: the job is done by the next one, and its effect is there once."""

from __future__ import annotations

import os
import signal

import pytest
from procrastinate.contrib.django import app

from tests.integration.faults.ground import Ground
from wuyicun.kernel.audit import sealer
from wuyicun.kernel.database.layout import OWNER, SEALER

pytestmark = pytest.mark.alone


def test_a_job_whose_worker_was_killed_is_done_by_the_next(ground: Ground) -> None:
    with ground.as_role(OWNER) as owner, ground.as_role(SEALER) as busy:
        number = owner.execute("SELECT coalesce(max(number), 0) FROM audit_auditseal").fetchone()
        owner.execute(
            "INSERT INTO audit_auditrow (id, at, action, subject_kind, data)"
            " VALUES (gen_random_uuid(), now(), 'test', '', '{}')"
        )
        busy.execute("SELECT pg_advisory_lock(%s)", [sealer.LOCK])  # whoever seals now has to wait
        with ground.django():
            job = app.configure_task("audit.seal", queueing_lock=None).defer(timestamp=0)

        def state() -> str:
            row = owner.execute("SELECT status::text FROM procrastinate_jobs WHERE id = %s", [job]).fetchone()
            return str(row[0]) if row else ""

        ground.served.wait_for(lambda: state() == "doing")
        os.killpg(ground.served.children()["jobs"].pid, signal.SIGKILL)
        ground.served.wait_for(lambda: ground.served.has_said("jobs ended unexpectedly"))
        busy.execute("SELECT pg_advisory_unlock(%s)", [sealer.LOCK])
        ground.served.wait_for(lambda: state() == "succeeded")
        sealed = owner.execute("SELECT count(*) FROM audit_auditseal WHERE number > %s", number).fetchone()
    assert sealed == (1,)
    verdict = ground.sealed()
    assert (verdict.verified, verdict.unsealed) == (True, 0)
