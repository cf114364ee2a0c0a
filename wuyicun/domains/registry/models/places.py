"""Places, and what people, households and places are found by: cards and search keys."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from wuyicun.kernel.crypto import blind_index, seal, unseal
from wuyicun.kernel.database.models import VillageModel, reference

PLACE_PHONE = "registry.place.phone"
CARD = "registry.card.token"


class Place(VillageModel):
    """A shop, factory, public toilet, checkpoint, sampling point … One that is closed stays, off every list.

    A worksite or a factory has a liaison and, as `part_of` it, dormitories.
    """

    area = reference("territory.Area")
    area_path = models.CharField(max_length=32, db_collation="C")
    name = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    contact_name = models.CharField(max_length=64, blank=True, default="")
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True)
    liaison_name = models.CharField(max_length=64, blank=True, default="", db_default="")
    liaison_phone_sealed = models.BinaryField(null=True)
    part_of = reference("registry.Place", null=True)
    location = models.CharField(max_length=120, blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")
    last_import = models.JSONField(default=dict)
    batch_id = models.UUIDField(null=True)
    updated_at = models.DateTimeField(null=True)
    updated_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)

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

    @property
    def liaison_phone(self) -> str | None:
        """The liaison's phone in clear, or None."""
        return None if self.liaison_phone_sealed is None else unseal(self.liaison_phone_sealed, PLACE_PHONE)

    def set_liaison_phone(self, phone: str | None) -> None:
        """Seal the liaison's number."""
        self.liaison_phone_sealed = None if phone is None else seal(phone, PLACE_PHONE)


class Worker(VillageModel):
    """Somebody who works at a worksite or a factory, from a day to a day, and the dormitory they sleep in."""

    place = reference("registry.Place")
    person = reference("registry.Person")
    dormitory = reference("registry.Place", null=True)
    job = models.CharField(max_length=32, blank=True, default="")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["village_id", "person"], condition=Q(ends_on__isnull=True), name="works_at_one_place"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "place", "ends_on"], name="workers_of_a_place")
        ]


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
