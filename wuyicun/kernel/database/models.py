"""The base of every table that grows: it names its village, and nobody reads it without having said whose data."""

from typing import Any, ClassVar, Self

from django.db import models

from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.scope import required


class VillageManager(models.Manager[Any]):
    """Raises where no scope was entered; the rows themselves are limited by row-level security underneath."""

    def get_queryset(self) -> models.QuerySet[Any]:
        required()
        return super().get_queryset()


class VillageModel(models.Model):
    """A row of one village, which never changes; see docs/decisions/0009 for what the tables keep to."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    village_id = models.UUIDField()

    objects: ClassVar[VillageManager] = VillageManager()

    class Meta:
        abstract = True

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.pk}>"

    @classmethod
    def rows(cls) -> "models.QuerySet[Self]":
        """All rows that the scope lets through."""
        return cls.objects.get_queryset()


def reference(to: str, **options: Any) -> "models.ForeignKey[Any, Any]":
    """A link within the village; its constraint is added by `migrations.foreign_keys` as an immediate one."""
    return models.ForeignKey(
        to, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+", **options
    )
