"""What patient phones were told, compared with what is there in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Set
from itertools import chain

from benchmarks.load import Kind, id_of
from benchmarks.patient import PatientPhones
from tests.integration.faults.ground import Ground, round_id
from wuyicun.kernel.database.layout import OWNER


def assert_all_is_kept(ground: Ground, phones: PatientPhones, round_number: int, *, village: int) -> None:
    """What the phones were told is what is there, and the counters say what the records say."""
    told = {record: outcomes for phone in phones.phones for record, outcomes in phone.told.items()}
    _assert_stored_once(ground, told.keys(), round_number, village)
    _assert_told_truly(told, set(chain.from_iterable(phone.cut for phone in phones.phones)))
    assert sum((phone.refused for phone in phones.phones), Counter()).keys() <= {503}
    ground.recounted(round_number, village=village)
    _assert_audited(ground, sum(map(len, told.values())), village)


def _assert_stored_once(ground: Ground, acknowledged: Set[str], round_number: int, village: int) -> None:
    with ground.as_role(OWNER) as owner:
        stored = dict(
            owner.execute(
                "SELECT id::text, kind FROM records_record WHERE village_id = %s", [id_of(Kind.VILLAGE, village)]
            ).fetchall()
        )
        swabs = owner.execute(
            "SELECT id::text FROM screening_sample WHERE round_id = %s", [round_id(round_number, village)]
        ).fetchall()
    assert stored.keys() == acknowledged
    assert sorted(swab for (swab,) in swabs) == sorted(record for record, kind in stored.items() if kind == "sample")


def _assert_told_truly(told: dict[str, list[str]], cut: set[str]) -> None:
    """The first answer accepts a record, unless an earlier one may have been lost; all others say duplicate."""
    first = {record: outcomes[0] for record, outcomes in told.items()}
    odd = {record: each for record, each in first.items() if each != "accepted" and record not in cut}
    assert odd == {}
    assert {first[record] for record in cut} <= {"accepted", "duplicate"}
    assert {outcome for outcomes in told.values() for outcome in outcomes[1:]} <= {"duplicate"}


def _assert_audited(ground: Ground, answered: int, village: int) -> None:
    with ground.as_role(OWNER) as owner:
        row = owner.execute(
            "SELECT sum((data->>'records')::int) FROM audit_auditrow"
            " WHERE action = 'records.store' AND village_id = %s",
            [id_of(Kind.VILLAGE, village)],
        ).fetchone()
    assert row is not None
    assert row[0] >= answered  # more when an answer did not arrive
    verdict = ground.sealed()
    assert (verdict.verified, verdict.unsealed, verdict.first_bad) == (True, 0, None)
