"""`python -m benchmarks.importing_step STEP BATCH`: a step of an import in a process of its own, as a job takes it."""

from __future__ import annotations

import os
import sys
import time
from uuid import UUID

import django


def _take(step: str, batch_id: UUID) -> float:
    """Take the step; how many milliseconds it took."""
    from benchmarks.asking import as_ordinary_role
    from wuyicun.domains.registry.importing import stepping
    from wuyicun.domains.registry.models import ImportBatch
    from wuyicun.kernel import clock, scope
    from wuyicun.kernel.accounts import queries as accounts

    as_ordinary_role()
    village = accounts.all_villages()[0]
    began = time.perf_counter()
    with scope.enter(scope.of_system([village.pk])):
        batch = ImportBatch.rows().get(village_id=village.pk, pk=batch_id)
        stepping.take(village=village, batch=batch, step=step, digest=batch.diff_digest, by=None, at=clock.now())
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wuyicun.config.settings")
    django.setup()
    print(round(_take(sys.argv[1], UUID(sys.argv[2]))))
