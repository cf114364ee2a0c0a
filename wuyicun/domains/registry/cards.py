"""QR cards: one living card each for people, households and places; printed again it is the same, a lost one is
replaced.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wuyicun.domains.registry import indexing, tokens
from wuyicun.domains.registry.labels import PLACE_KIND
from wuyicun.domains.registry.listing import Asked
from wuyicun.domains.registry.models import CARD, Card, Household, Person, Place
from wuyicun.domains.registry.naming import house_label
from wuyicun.domains.territory import queries as territory
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.crypto import blind_index, seal, unseal
from wuyicun.kernel.documents import qr
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope, within

MOST = 2_000
_SUBJECT = {tokens.PERSON: "person", tokens.HOUSEHOLD: "household", tokens.PLACE: "place"}


class TooManyCards(Refusal):
    """More cards than one file should have."""

    code = "too_many_cards"
    status = 400
    words = gettext_lazy("一次最多打印 %(most)s 张，请选一个片区或微网格")


@dataclass(frozen=True)
class Wanted:
    """Which cards.

    Attributes:
        letters: tokens.PERSON, tokens.HOUSEHOLD, tokens.PLACE or some of them.
        area_path: of an area and all below it; '' for all that the asker may print.
        household_id: only of this household.
        place_id: only of this place.
        without_code: only people whose sampling code is not registered.
    """

    letters: frozenset[str]
    area_path: str = ""
    household_id: UUID | None = None
    place_id: UUID | None = None
    without_code: bool = False


@dataclass(frozen=True)
class PrintedCard:
    """A card as `cards.typ` wants it."""

    letter: str
    title: str
    subtitle: str
    code: str
    qr: str


_ISSUE = """
INSERT INTO registry_card (id, village_id, letter, subject_id, token_sealed, token_index, made_at)
SELECT id, %s, %s, subject_id, token_sealed, token_index, %s
FROM unnest(%s::uuid[], %s::uuid[], %s::bytea[], %s::bytea[]) AS r (id, subject_id, token_sealed, token_index)
ON CONFLICT (village_id, letter, subject_id) WHERE lost_at IS NULL DO NOTHING
RETURNING subject_id
"""


@transaction.atomic
def issue(*, village_id: UUID, letter: str, subjects: Collection[UUID], at: datetime) -> Mapping[UUID, str]:
    """The token of each subject's living card; who has none gets one.

    Args:
        letter: tokens.PERSON, tokens.HOUSEHOLD or tokens.PLACE.
        subjects: people, households or places of the village.
    """
    living = Card.rows().filter(village_id=village_id, letter=letter, subject_id__in=subjects, lost_at__isnull=True)
    without = sorted(set(subjects) - set(living.values_list("subject_id", flat=True)))
    if without:
        made = [tokens.make(letter) for _ in without]
        columns = (
            [uuid7() for _ in without],
            without,
            [seal(token, CARD) for token in made],
            [blind_index(token, CARD) for token in made],
        )
        with connection.cursor() as cursor:
            cursor.execute(_ISSUE, [village_id, letter, at, *columns])
            new = [row[0] for row in cursor.fetchall()]
        _reindex(village_id, letter, new)
    return {subject: unseal(token, CARD) for subject, token in living.values_list("subject_id", "token_sealed")}


@transaction.atomic
def report_lost(*, village_id: UUID, letter: str, subject_id: UUID, by: UUID | None, at: datetime) -> None:
    """The card is lost: it names nobody any more, and the next print is a new one."""
    living = Card.rows().filter(village_id=village_id, letter=letter, subject_id=subject_id, lost_at__isnull=True)
    living.update(lost_at=at)
    _reindex(village_id, letter, [subject_id])
    subject = (_SUBJECT[letter], subject_id)
    audit("registry.card_lost", by=by, at=at, village_id=village_id, subject=subject)


def living_card(village_id: UUID, letter: str, subject_id: UUID) -> datetime | None:
    """When the subject's living card was made; None when there is none."""
    rows = Card.rows().filter(village_id=village_id, letter=letter, subject_id=subject_id, lost_at__isnull=True)
    return rows.values_list("made_at", flat=True).first()


@transaction.atomic
def to_print(*, scope: Scope, village_id: UUID, wanted: Wanted, by: UUID | None, at: datetime) -> Sequence[PrintedCard]:
    """The cards of an area in the order of its houses, each household's own before those of its people.

    Raises:
        TooManyCards: there are more than `MOST`.
    """
    people = _people(scope, village_id, wanted) if tokens.PERSON in wanted.letters else []
    houses = _houses(scope, village_id, wanted) if tokens.HOUSEHOLD in wanted.letters else []
    places = _places(scope, village_id, wanted) if tokens.PLACE in wanted.letters else []
    drafts = sorted([*houses, *people, *places], key=lambda draft: draft.place)
    if len(drafts) > MOST:
        raise TooManyCards(most=MOST)
    known: dict[UUID, str] = {}
    for letter in wanted.letters:
        subjects = [draft.subject_id for draft in drafts if draft.letter == letter]
        known.update(issue(village_id=village_id, letter=letter, subjects=subjects, at=at))
    data = {"count": len(drafts), "letters": sorted(wanted.letters), "area": wanted.area_path}
    audit("registry.print_cards", by=by, at=at, village_id=village_id, data=data)
    return [_card(draft, known[draft.subject_id]) for draft in drafts]


@dataclass(frozen=True)
class _Draft:
    letter: str
    subject_id: UUID
    title: str
    subtitle: str
    place: tuple[str, str, int, UUID]


def _people(scope: Scope, village_id: UUID, wanted: Wanted) -> list[_Draft]:
    asked = Asked(area_path=wanted.area_path).condition(village_id)
    rows = Person.rows().filter(scope.covering(Permission.PRINT_CARDS), asked)
    if wanted.household_id is not None:
        rows = rows.filter(household_id=wanted.household_id)
    if wanted.without_code:
        rows = rows.filter(sampling_code=False)
    names = territory.names(village_id)
    order = Coalesce(F("household__order"), Value("~"))
    house = ("household_id", "household__section_path", "household__number", "household__address")
    columns = ("pk", "name", "workplace", *house)
    drafts = []
    for row in rows.annotate(in_order=order).values_list("area_path", "in_order", *columns)[: MOST + 1]:
        area_path, in_order, pk, name, workplace, household, section, number, address = row
        where = workplace if household is None else house_label(names.get(section, ""), number, address)
        drafts.append(_Draft(tokens.PERSON, pk, name, where, (area_path, in_order, 1, pk)))
    return drafts


def _houses(scope: Scope, village_id: UUID, wanted: Wanted) -> list[_Draft]:
    rows = Household.rows().filter(scope.covering(Permission.PRINT_CARDS), village_id=village_id)
    if wanted.area_path:
        rows = rows.filter(within(wanted.area_path))
    if wanted.household_id is not None:
        rows = rows.filter(pk=wanted.household_id)
    names = territory.names(village_id)
    columns = ("area_path", "order", "pk", "section_path", "number", "address", "head_name")
    drafts = []
    for area_path, order, pk, section, number, address, head in rows.values_list(*columns)[: MOST + 1]:
        title = house_label(names.get(section, ""), number, address)
        subtitle = _("户主 %(name)s") % {"name": f"{head[0]}{'*' * (len(head) - 1)}"} if head else ""
        drafts.append(_Draft(tokens.HOUSEHOLD, pk, title, subtitle, (area_path, order, 0, pk)))
    return drafts


def _places(scope: Scope, village_id: UUID, wanted: Wanted) -> list[_Draft]:
    rows = Place.rows().filter(scope.covering(Permission.PRINT_CARDS), village_id=village_id, closed_at__isnull=True)
    if wanted.area_path:
        rows = rows.filter(within(wanted.area_path))
    if wanted.place_id is not None:
        rows = rows.filter(pk=wanted.place_id)
    columns = ("area_path", "name", "pk", "kind", "location")
    return [
        _Draft(tokens.PLACE, pk, name, " ".join([str(PLACE_KIND.get(kind, "")), location]), (area_path, name, 2, pk))
        for area_path, name, pk, kind, location in rows.values_list(*columns)[: MOST + 1]
    ]


def _card(draft: _Draft, token: str) -> PrintedCard:
    return PrintedCard(
        draft.letter, draft.title, draft.subtitle, tokens.spaced(tokens.short(token)), qr.svg(token, error="m")
    )


def _reindex(village_id: UUID, letter: str, subjects: Collection[UUID]) -> None:
    if letter == tokens.PERSON:
        indexing.reindex(village_id, people=subjects)
    elif letter == tokens.HOUSEHOLD:
        indexing.reindex(village_id, households=subjects)
    else:
        indexing.reindex(village_id, places=subjects)
