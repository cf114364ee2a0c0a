"""People, households and places; and what an import said of them."""

from __future__ import annotations

import base64
import json
from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce, Concat, LPad

from wuyicun.domains.registry import rules
from wuyicun.kernel.crypto import blind_index, seal, unseal
from wuyicun.kernel.database.models import VillageModel, reference

ID_NUMBER = "registry.person.id_number"
PHONE = "registry.person.phone"
UNREAD = "registry.person.unread"
PLACE_PHONE = "registry.place.phone"
CARD = "registry.card.token"
CONFLICT = "registry.conflict.values"
OUTLINE = "registry.import.outline"
MERGED = "registry.pairing.taken"
LEDGER_TEMPLATE = "registry.ledger.template"


def _part(number: int, width: int) -> LPad:
    """A part of a household's number ('12-1' has two) with zeros in front, so that 9 comes before 10."""
    part = Func(F("number"), Value("-"), Value(number), function="split_part", output_field=models.CharField())
    return LPad(part, width, Value("0"))


class Household(VillageModel):
    """A household: its number within the section, and the micro-grid (or 未入网) that looks after it.

    `order` puts the numbers in their order; the database works it out. `updated_at` and `updated_by` tell of the last
    change by hand.
    """

    area = reference("territory.Area")
    area_path = models.CharField(max_length=32, db_collation="C")
    section_path = models.CharField(max_length=32, db_collation="C")
    number = models.CharField(max_length=40)
    address = models.CharField(max_length=120, blank=True, default="")
    head_name = models.CharField(max_length=64, blank=True, default="")
    last_import = models.JSONField(default=dict)
    batch_id = models.UUIDField(null=True)
    updated_at = models.DateTimeField(null=True)
    updated_by = models.UUIDField(null=True)
    order = models.GeneratedField(
        expression=Concat(_part(1, 16), _part(2, 8)),
        output_field=models.CharField(max_length=24, db_collation="C"),
        db_persist=True,
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "section_path", "number"], name="household_number_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "area_path", "order", "id"], name="household_by_area")
        ]


BORN = Coalesce(F("birth_date"), Value(date.max), output_field=models.DateField())
"""The birth date to sort by: who has none comes last."""


class Person(VillageModel):
    """Somebody who lives or works in the village, or belongs to one of its households.

    Who was registered twice stands in two rows; one says `merged_into_id` and is off the list.
    """

    household = reference("registry.Household", null=True)
    area = reference("territory.Area")
    area_path = models.CharField(max_length=32, db_collation="C")
    name = models.CharField(max_length=64)
    name_sort = models.CharField(max_length=160, db_collation="C", blank=True, default="")
    sex = models.CharField(max_length=8, default=rules.Sex.UNKNOWN)
    birth_date = models.DateField(null=True)
    id_kind = models.CharField(max_length=16, blank=True, default="")
    id_sealed = models.BinaryField(null=True)
    id_index = models.BinaryField(null=True)
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True)
    relation = models.CharField(max_length=32, blank=True, default="")
    residence = models.CharField(max_length=16, default=rules.Residence.RESIDENT)
    whereabouts = models.CharField(max_length=16, default=rules.Whereabouts.IN_VILLAGE)
    whereabouts_text = models.CharField(max_length=64, blank=True, default="")
    whereabouts_since = models.DateField(null=True)
    expected_return = models.DateField(null=True)
    address = models.CharField(max_length=120, blank=True, default="")
    registered_address = models.CharField(max_length=120, blank=True, default="")
    workplace = models.CharField(max_length=64, blank=True, default="")
    party_member = models.BooleanField(default=False)
    sampling_code = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True, default="")
    unread_sealed = models.BinaryField(null=True)
    problems = models.JSONField(default=list)
    last_import = models.JSONField(default=dict)
    batch_id = models.UUIDField(null=True)
    left_at = models.DateTimeField(null=True)
    left_reason = models.CharField(max_length=16, blank=True, default="")
    merged_into_id = models.UUIDField(null=True)
    updated_at = models.DateTimeField()
    updated_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "id_index"], name="id_number_held_once"),
            models.CheckConstraint(condition=~Q(name=""), name="person_has_a_name"),
            models.CheckConstraint(
                condition=Q(merged_into_id__isnull=True) | Q(left_at__isnull=False),
                name="merged_is_off_the_list",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "area_path", "name_sort", "id"], name="person_by_area"),
            models.Index(fields=["village_id", "name_sort", "id"], name="person_by_pinyin"),
            models.Index(fields=["village_id", "household"], name="person_by_household"),
            models.Index(fields=["village_id", "name"], name="person_by_name"),
            # Of those who have not left, so that they are counted on the index alone.
            models.Index(
                fields=["village_id", "residence", "area_path", "id"],
                condition=Q(left_at__isnull=True),
                name="person_by_residence",
            ),
            models.Index(
                F("village_id"), BORN, F("id"), condition=Q(left_at__isnull=True), name="person_by_birth_date"
            ),
            # What few people have in common: to walk all names of a town for them takes too long.
            models.Index(fields=["village_id", "whereabouts", "residence"], name="person_by_stay"),
            models.Index(
                fields=["village_id", "name_sort", "id"], condition=Q(household__isnull=True), name="person_alone"
            ),
            models.Index(fields=["village_id", "name_sort", "id"], condition=~Q(problems=[]), name="person_to_check"),
            models.Index(
                fields=["village_id", "name_sort", "id"], condition=Q(left_at__isnull=False), name="person_who_left"
            ),
            models.Index(
                fields=["village_id", "merged_into_id"],
                condition=Q(merged_into_id__isnull=False),
                name="person_merged_into",
            ),
        ]

    @property
    def id_number(self) -> str | None:
        """The id number in clear, or None."""
        return None if self.id_sealed is None else unseal(self.id_sealed, ID_NUMBER)

    @property
    def phone(self) -> str | None:
        """The phone number in clear, or None."""
        return None if self.phone_sealed is None else unseal(self.phone_sealed, PHONE)

    @property
    def unread(self) -> dict[str, str]:
        """What a roster says in place of an id number (`id_number`) or phone (`phone`) that could not be read."""
        return {} if self.unread_sealed is None else dict(json.loads(unseal(self.unread_sealed, UNREAD)))

    def set_id_number(self, number: str | None) -> None:
        """Seal the number and its blind index."""
        self.id_sealed = None if number is None else seal(number, ID_NUMBER)
        self.id_index = None if number is None else blind_index(number, ID_NUMBER)

    def set_phone(self, phone: str | None) -> None:
        """Seal the number and its blind index."""
        self.phone_sealed = None if phone is None else seal(phone, PHONE)
        self.phone_index = None if phone is None else blind_index(phone, PHONE)


class PersonGroup(VillageModel):
    """A group somebody belongs to, from a day to a day, and who said so."""

    person = reference("registry.Person")
    group = models.CharField(max_length=16)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    source = models.CharField(max_length=32)
    batch_id = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["village_id", "person", "group"], condition=Q(ends_on__isnull=True), name="in_a_group_once"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "group", "person"], name="people_of_a_group")
        ]


class Place(VillageModel):
    """A shop, factory, public toilet, checkpoint, sampling point …"""

    area = reference("territory.Area")
    area_path = models.CharField(max_length=32, db_collation="C")
    name = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    contact_name = models.CharField(max_length=64, blank=True, default="")
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True)
    location = models.CharField(max_length=120, blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")
    last_import = models.JSONField(default=dict)
    batch_id = models.UUIDField(null=True)
    updated_at = models.DateTimeField(null=True)
    updated_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "area_path", "name"], name="place_name_once_in_an_area")
        ]

    @property
    def phone(self) -> str | None:
        """The contact's phone in clear, or None."""
        return None if self.phone_sealed is None else unseal(self.phone_sealed, PLACE_PHONE)

    def set_phone(self, phone: str | None) -> None:
        """Seal the contact's number and its blind index."""
        self.phone_sealed = None if phone is None else seal(phone, PLACE_PHONE)
        self.phone_index = None if phone is None else blind_index(phone, PLACE_PHONE)


class Card(VillageModel):
    """A printed QR code: a letter for what it stands for and a random token, kept sealed and as a keyed digest."""

    letter = models.CharField(max_length=1)
    subject_id = models.UUIDField()
    token_sealed = models.BinaryField()
    token_index = models.BinaryField()
    made_at = models.DateTimeField()
    lost_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "token_index"], name="card_token_once"),
            models.UniqueConstraint(
                fields=["village_id", "letter", "subject_id"], condition=Q(lost_at__isnull=True), name="one_living_card"
            ),
        ]


class SearchKey(VillageModel):
    """What a subject can be found by: each suffix of the name, of each pinyin reading and its initials; house numbers;
    keyed digests of the last four of phone and id."""

    key = models.CharField(max_length=96, db_collation="C")
    kind = models.CharField(max_length=1)
    subject_id = models.UUIDField()
    area_path = models.CharField(max_length=32, db_collation="C")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "key", "subject_id"], name="search_by_key"),
            # The condition always holds. It keeps this index from being taken for a range of keys, which it is, and
            # read from end to end, as long as a new village is not in the planner's statistics.
            models.Index(
                fields=["village_id", "subject_id"], condition=Q(kind__in=["H", "L", "P"]), name="search_by_subject"
            ),
        ]


class ImportBatch(VillageModel):
    """One roster file: what was read, what it would do, what was done, and whether it was undone.

    `state` is one of `rules.BatchState`. `outline` says what each sheet lists and what its columns hold, with samples;
    `counts` are the figures of the page; `areas` the grids and micro-grids that the batch has made; `refusal` why the
    last step went no further.
    """

    file_name = models.CharField(max_length=200)
    file_bytes = models.BigIntegerField(default=0)
    digest = models.BinaryField()
    state = models.CharField(max_length=16)
    outline_sealed = models.BinaryField(null=True)
    counts = models.JSONField(default=dict)
    areas = models.JSONField(default=list)
    refusal = models.JSONField(null=True)
    diff_digest = models.CharField(max_length=64, blank=True, default="")
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    previewed_at = models.DateTimeField(null=True)
    committed_at = models.DateTimeField(null=True)
    committed_by = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["village_id", "made_at"], name="import_by_time")]

    @property
    def outline(self) -> str:
        """What the sheets are taken for, as JSON."""
        return "[]" if self.outline_sealed is None else unseal(self.outline_sealed, OUTLINE)

    def set_outline(self, outline: str) -> None:
        """Seal it: the samples are people's data."""
        self.outline_sealed = seal(outline, OUTLINE)


class ImportRow(VillageModel):
    """What a batch means for one person, household or place: a line of the preview, and of the report afterwards.

    `kind` is P, H or L; `status` one of `rules.RowStatus`; `cells` holds, by cell, what it was and what the file says
    (id numbers and phones as keyed digests).
    """

    batch = reference("registry.ImportBatch")
    kind = models.CharField(max_length=1)
    status = models.CharField(max_length=12)
    number = models.PositiveIntegerField()
    sheet = models.CharField(max_length=64, blank=True, default="")
    row = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=64)
    about = models.CharField(max_length=200, blank=True, default="")
    cells = models.JSONField(default=dict)
    subject_id = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "batch", "kind", "status", "number"], name="row_by_status")
        ]


class ImportChange(VillageModel):
    """What a committed batch did to one subject, so that it can be undone: `made`, `changed`, or `noted` (only what the
    file says of it is new).

    `before` and `after` hold the changed cells; the other columns what stood there before in the columns of that name.
    """

    batch = reference("registry.ImportBatch")
    kind = models.CharField(max_length=1)
    subject_id = models.UUIDField()
    change = models.CharField(max_length=8)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    last_import = models.JSONField(default=dict)
    area_path = models.CharField(max_length=32, blank=True, default="", db_collation="C")
    household_id = models.UUIDField(null=True)
    id_sealed = models.BinaryField(null=True)
    phone_sealed = models.BinaryField(null=True)
    unread_sealed = models.BinaryField(null=True)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "batch"], name="change_by_batch"),
            models.Index(fields=["village_id", "subject_id"], name="change_by_subject"),
        ]


class ImportProblem(VillageModel):
    """Something a batch's file says that was refused, put right, or must be checked or decided."""

    batch = reference("registry.ImportBatch")
    code = models.CharField(max_length=32)
    severity = models.CharField(max_length=8)
    number = models.PositiveIntegerField()
    sheet = models.CharField(max_length=64)
    row = models.PositiveIntegerField(null=True)
    column = models.CharField(max_length=8, blank=True, default="")
    name = models.CharField(max_length=64, blank=True, default="")
    data = models.JSONField(default=dict)
    person_id = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "batch", "severity", "number"], name="problem_by_batch")
        ]


class ColumnMapping(VillageModel):
    """How the columns of a layout were mapped by hand; the next file with that layout is read so."""

    signature = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    columns = models.JSONField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "signature"], name="mapping_once_for_a_layout")
        ]


class Ledger(VillageModel):
    """A ledger that somebody of the village made; those of the plan come with the program (`ledgers.builtin`).

    `definition` is what `ledgers.definition` says; `copied_from` the code of the one it was made after. It belongs to
    the account `owner_id`; `shared_path` is the area whose workers may use it too, '' for nobody else.
    """

    title = models.CharField(max_length=60)
    about = models.CharField(max_length=120, blank=True, default="")
    definition = models.JSONField()
    copied_from = models.CharField(max_length=40, blank=True, default="")
    owner_id = models.UUIDField()
    shared_path = models.CharField(max_length=32, blank=True, default="", db_collation="C")
    made_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    updated_by = models.UUIDField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(title=""), name="ledger_has_a_title")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "retired_at", "title"], name="ledger_by_title")
        ]


class LedgerTemplate(VillageModel):
    """The office's own form of a ledger, which is filled as it is.

    `ledger` is the code of a built-in one or the id of the village's own; `layout` which sheet, which rows, and the
    field of each column.
    """

    ledger = models.CharField(max_length=40)
    file_name = models.CharField(max_length=120)
    content_sealed = models.BinaryField()
    layout = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.UUIDField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "ledger"], name="one_template_for_a_ledger")
        ]

    @property
    def content(self) -> bytes:
        """The file: a form may hold names from the last time it was filled in."""
        return base64.b64decode(unseal(self.content_sealed, LEDGER_TEMPLATE))

    def set_content(self, content: bytes) -> None:
        """Seal the file."""
        self.content_sealed = seal(base64.b64encode(content).decode(), LEDGER_TEMPLATE)


class LedgerTaken(VillageModel):
    """A ledger that left the program: who took it, when, how, how much of it, and why. Never edited.

    `how` is excel, pdf, template or csv; `clear` says that numbers were in clear, `reason` (a code) and `note` why;
    `narrowed` that it was filtered above its columns; `area_path` what it covers.
    """

    ledger = models.CharField(max_length=40)
    title = models.CharField(max_length=80)
    how = models.CharField(max_length=10)
    area_path = models.CharField(max_length=32, db_collation="C")
    narrowed = models.BooleanField(default=False)
    clear = models.BooleanField(default=False)
    reason = models.CharField(max_length=16, blank=True, default="")
    note = models.CharField(max_length=120, blank=True, default="")
    rows_taken = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.UUIDField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(clear=False) | ~Q(reason=""), name="in_clear_with_a_reason")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["village_id", "id"], name="ledger_taken_by_time")]


class Conflict(VillageModel):
    """待定: something only a person can decide, such as one id number on two people. Values are kept sealed.

    `subject_kind` is P, H or L; `cell` the disputed one, '' when it is about who somebody is.
    """

    code = models.CharField(max_length=32)
    subject_kind = models.CharField(max_length=1, default="P")
    cell = models.CharField(max_length=32, blank=True, default="")
    first_id = models.UUIDField()
    second_id = models.UUIDField(null=True)
    values_sealed = models.BinaryField(null=True)
    value_index = models.BinaryField(null=True)
    batch_id = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    decision = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "decided_at", "made_at"], name="conflict_open_first"),
            models.Index(fields=["village_id", "value_index"], name="conflict_by_value"),
        ]

    @property
    def values(self) -> str | None:
        """The disputed values in clear (JSON), or None."""
        return None if self.values_sealed is None else unseal(self.values_sealed, CONFLICT)

    def set_values(self, values: str, index: bytes | None) -> None:
        """Seal the disputed values; `index` finds the conflict again by its value."""
        self.values_sealed = seal(values, CONFLICT)
        self.value_index = index


class Pairing(VillageModel):
    """What somebody decided of two who look alike: the same (`other_id` was merged into `kept_id`), or two.

    `taken` is what the kept one got from the other, and what stood there before, so that it can be taken back.
    """

    kept_id = models.UUIDField()
    other_id = models.UUIDField()
    verdict = models.CharField(max_length=8)
    taken_sealed = models.BinaryField(null=True)
    decided_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["village_id", "other_id"],
                condition=Q(verdict=rules.Verdict.SAME, undone_at__isnull=True),
                name="merged_into_one_only",
            ),
            models.CheckConstraint(condition=~Q(kept_id=models.F("other_id")), name="a_pair_is_two_rows"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "verdict", "decided_at"], name="pairing_by_time"),
            models.Index(fields=["village_id", "kept_id"], name="pairing_by_kept"),
        ]

    @property
    def taken(self) -> dict[str, Any]:
        """What the kept one got, in clear."""
        return {} if self.taken_sealed is None else dict(json.loads(unseal(self.taken_sealed, MERGED)))

    def set_taken(self, taken: dict[str, Any]) -> None:
        """Seal it."""
        self.taken_sealed = seal(json.dumps(taken, ensure_ascii=False, default=str), MERGED)


class BulkChange(VillageModel):
    """A change of many people at once. `change` is what was said of all, `done` how many were looked at so far,
    `changed` for how many it was news, `restored` how many were changed back."""

    change = models.JSONField()
    state = models.CharField(max_length=8)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    restored = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["village_id", "made_at"], name="bulk_by_time")]


class BulkItem(VillageModel):
    """Somebody whom a change of many is about. `changed` and `restored` are null until it was their turn; `before` is
    what stood there."""

    bulk = reference("registry.BulkChange")
    person_id = models.UUIDField()
    changed = models.BooleanField(null=True)
    before = models.JSONField(default=dict)
    restored = models.BooleanField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "bulk", "person_id"], name="in_a_bulk_change_once")
        ]
