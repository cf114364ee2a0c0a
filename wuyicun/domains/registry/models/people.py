"""Households, the people in them, and their groups."""

from __future__ import annotations

import json
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce, Concat, LPad

from wuyicun.domains.registry import rules
from wuyicun.kernel.crypto import blind_index, seal, unseal
from wuyicun.kernel.database.models import VillageModel, reference

ID_NUMBER = "registry.person.id_number"
PHONE = "registry.person.phone"
UNREAD = "registry.person.unread"


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
                fields=["village_id", "area_path"],
                condition=Q(sampling_code=False, left_at__isnull=True),
                name="person_without_code",
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
