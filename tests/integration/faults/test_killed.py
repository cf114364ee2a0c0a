"""The server is killed in the middle of batches: nothing acknowledged is lost, nothing is counted twice."""

from __future__ import annotations

import random
import signal
import time

import pytest

from tests.integration.faults.ground import Ground
from tests.integration.faults.kept import assert_all_is_kept
from wuyicun.kernel import clock

pytestmark = pytest.mark.alone


def test_killed_in_the_middle_of_batches_it_loses_nothing_and_counts_nothing_twice(ground: Ground) -> None:
    served = ground.served
    round_number = ground.open_round(clock.now())
    phones = ground.patient_phones(round_number, village=0)
    phones.start()
    for kill in (served.kill_web, served.kill_database, served.kill_web, served.kill_database, served.kill_everything):
        time.sleep(random.uniform(0.2, 0.8))
        phones.wait_until_busy(3)
        kill()
        killed_at = time.monotonic()
        if kill == served.kill_everything:
            served.start()
        phones.wait_until_acknowledged(since=killed_at)
    phones.finish()
    assert sum(phone.broken for phone in phones.phones) >= 3, "requests were under way"
    assert_all_is_kept(ground, phones, round_number, village=0)


def test_restarted_under_load_it_answers_what_it_has_begun_and_loses_nothing(ground: Ground) -> None:
    served = ground.served
    round_number = ground.open_round(clock.now())
    phones = ground.patient_phones(round_number, village=1)
    phones.start()
    time.sleep(0.5)
    phones.wait_until_busy(3)
    assert served.end(signal.SIGTERM) == 0
    ended_at = time.monotonic()
    served.start()
    phones.wait_until_acknowledged(since=ended_at)
    phones.finish()
    told = {record: outcomes[0] for phone in phones.phones for record, outcomes in phone.told.items()}
    again = {record: told[record] for phone in phones.phones for record in phone.cut}
    assert set(again.values()) == {"accepted"}, "what was stored was also answered"
    assert_all_is_kept(ground, phones, round_number, village=1)
