"""重复登记: who may be in the registry twice, side by side; and what was decided of such pairs lately."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wuyicun.domains.registry import labels, words
from wuyicun.domains.registry.actions.taking_over import CHOOSABLE
from wuyicun.domains.registry.models import Pairing, Person
from wuyicun.domains.registry.naming import masked_id
from wuyicun.domains.registry.queries import PersonBrief, brief
from wuyicun.domains.registry.rules import ConflictCode, Sex, Verdict
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.web.formatting import masked_phone

LATEST = 10
_LABEL = {**labels.FIELD, "problems": gettext_lazy("请核对")}

# Likeliest first. Two who each hold a number of their own are two people, unless they share a house.
_PAIRS = f"""
WITH living AS MATERIALIZED (
  SELECT id, name, name_sort, split_part(name_sort, '  ', 1) AS sound, sex, birth_date, household_id, phone_index,
    id_index
  FROM registry_person
  WHERE village_id = %(village)s AND left_at IS NULL),
alike AS (
  SELECT first_id AS one, second_id AS two, 1 AS why FROM registry_conflict
  WHERE village_id = %(village)s AND code = '{ConflictCode.DUPLICATE_ID}' AND decided_at IS NULL
    AND second_id IS NOT NULL
  UNION ALL
  SELECT a.id, b.id, CASE WHEN a.household_id = b.household_id THEN 2 ELSE 3 END FROM living a
  JOIN living b ON b.name = a.name AND b.birth_date = a.birth_date AND b.id > a.id
  UNION ALL
  SELECT a.id, b.id, 4 FROM living a
  JOIN living b ON b.name = a.name AND b.household_id = a.household_id AND b.id > a.id
  WHERE a.birth_date IS NULL OR b.birth_date IS NULL
  UNION ALL
  SELECT a.id, b.id, 5 FROM living a JOIN living b ON b.name = a.name AND b.phone_index = a.phone_index AND b.id > a.id
  WHERE a.birth_date IS NULL OR b.birth_date IS NULL
  UNION ALL
  SELECT a.id, b.id, 6 FROM living a
  JOIN living b ON b.sound = a.sound AND b.birth_date = a.birth_date AND b.household_id = a.household_id
    AND b.id > a.id
  WHERE a.name <> b.name AND a.sound <> '' AND (a.sex = b.sex OR 'unknown' IN (a.sex, b.sex))),
pairs AS (
  SELECT least(one, two) AS one, greatest(one, two) AS two, min(why) AS why FROM alike GROUP BY 1, 2)
SELECT p.one, p.two, p.why FROM pairs p JOIN living a ON a.id = p.one JOIN living b ON b.id = p.two
WHERE (p.why < 3 OR a.id_index IS NULL OR b.id_index IS NULL OR a.household_id = b.household_id)
  AND NOT EXISTS (SELECT 1 FROM registry_pairing d WHERE d.village_id = %(village)s AND d.verdict = '{Verdict.TWO}'
    AND d.undone_at IS NULL AND least(d.kept_id, d.other_id) = p.one AND greatest(d.kept_id, d.other_id) = p.two)
ORDER BY p.why, a.name_sort, p.one, p.two
"""


@dataclass(frozen=True)
class Cell:
    """A line of the comparison: the two values in words, '' for nothing."""

    name: str
    label: words.Words
    first: str
    second: str

    @property
    def differs(self) -> bool:
        """Whether both say something, and not the same."""
        return bool(self.first and self.second and self.first != self.second)

    @property
    def may_choose(self) -> bool:
        """Whether it can be said which of the two holds."""
        return self.differs and self.name in CHOOSABLE


@dataclass(frozen=True)
class Pair:
    """Two who may be one; the first is the one that more is known of.

    Attributes:
        why: in words, '' when nothing speaks for it but somebody's question.
    """

    first: PersonBrief
    second: PersonBrief
    why: words.Words
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Decided:
    """A pair that was decided."""

    id: UUID
    same: bool
    kept: PersonBrief
    other: PersonBrief
    at: datetime
    by: str


@dataclass(frozen=True)
class Found:
    """Some of the pairs, how many there are, and how many to skip for those that follow."""

    pairs: Sequence[Pair]
    total: int
    next: int | None


def probable(village_id: UUID, *, limit: int, skip: int = 0) -> Found:
    """Who may be registered twice, likeliest first; the last ones where so many are not left."""
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, {"village": village_id})
        rows = cursor.fetchall()
    start = min(skip, max(len(rows) - 1, 0) // limit * limit)
    end = start + limit
    pairs = _compare(village_id, [(one, two, labels.ALIKE[why]) for one, two, why in rows[start:end]])
    return Found(pairs, len(rows), end if end < len(rows) else None)


def pair(village_id: UUID, first: UUID, second: UUID) -> Pair:
    """Two, side by side. Both exist."""
    return _compare(village_id, [(first, second, "")])[0]


def decided_lately(village_id: UUID, limit: int = LATEST) -> Sequence[Decided]:
    """The latest decisions that hold, which can be taken back."""
    rows = list(Pairing.rows().filter(village_id=village_id, undone_at__isnull=True).order_by("-decided_at")[:limit])
    people = brief(village_id, {pk for row in rows for pk in (row.kept_id, row.other_id)})
    names = accounts.names_of([row.decided_by for row in rows if row.decided_by])
    return [
        Decided(
            row.pk,
            row.verdict == Verdict.SAME,
            people[row.kept_id],
            people[row.other_id],
            row.decided_at,
            names.get(row.decided_by, "") if row.decided_by else "",
        )
        for row in rows
        if row.kept_id in people and row.other_id in people
    ]


def _compare(village_id: UUID, named: Sequence[tuple[UUID, UUID, words.Words]]) -> list[Pair]:
    ids: Collection[UUID] = {pk for one, two, _ in named for pk in (one, two)}
    people = {each.pk: each for each in Person.named(village_id, ids)}
    briefs = brief(village_id, ids)
    told = {pk: _told(people[pk], briefs[pk]) for pk in people}
    found = []
    for *both, why in named:
        if why:  # who is known better stands first, to be kept; where somebody asks, the order is theirs
            both.sort(key=lambda pk: (-_weight(people[pk], told[pk]), pk))
        one, two = both
        left, right = told[one], told[two]
        cells = [Cell(name, _LABEL[name], left[name], right[name]) for name in left if left[name] or right[name]]
        found.append(Pair(briefs[one], briefs[two], why, cells))
    return found


def _weight(person: Person, told: Mapping[str, str]) -> int:
    """How much is known of somebody; a number outweighs the rest."""
    return 100 * (person.id_sealed is not None) + sum(map(bool, told.values()))


def _told(person: Person, known: PersonBrief) -> dict[str, str]:
    """What is known of somebody, in words, by the name of the field."""
    groups = _("、").join(str(labels.GROUP[code]) for code in known.groups if code in labels.GROUP)
    problems = _("；").join(str(labels.PROBLEM[code]) for code in person.problems if code in labels.PROBLEM)
    return {
        "sex": "" if person.sex == Sex.UNKNOWN else str(labels.SEX[person.sex]),
        "birth_date": person.birth_date.isoformat() if person.birth_date else "",
        "id_number": masked_id(person.id_number or ""),
        "phone": masked_phone(person.phone) if person.phone else "",
        "household": known.house,
        "area": known.area,
        "relation": person.relation,
        "residence": str(labels.RESIDENCE.get(person.residence, "")),
        "whereabouts": str(labels.WHEREABOUTS.get(person.whereabouts, "")),
        "groups": groups,
        "address": person.address,
        "registered_address": person.registered_address,
        "workplace": person.workplace,
        "sampling_code": _("已注册") if person.sampling_code else "",
        "note": person.note,
        "problems": problems,
    }
