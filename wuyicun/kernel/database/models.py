"""The base of every table that grows: it names its village, and nobody reads it without having said whose data."""

from collections.abc import Collection
from typing import Any, ClassVar, Self
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models.lookups import Exact

from wuyicun.kernel.database.statements import array
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.scope import required


class VillageManager(models.Manager[Any]):
    """Raises where no scope was entered; the rows themselves are limited by row-level security underneath."""

    def get_queryset(self) -> models.QuerySet[Any]:
        required()
        return super().get_queryset()


@models.UUIDField.register_lookup
class _Checked(Exact):
    """Equality that the planner takes for a check of rows that were found otherwise, never for a way to find them."""

    lookup_name = "checked"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, values = super().as_sql(compiler, connection)
        return f"({sql}) IS TRUE", values

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        return f"= {rhs}"


@models.UUIDField.register_lookup
class _Among(models.Lookup[Any]):
    """As `in`, but the ids go as one parameter instead of one each, which Django and psycopg would build one by one."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        if not self.rhs:
            raise EmptyResultSet
        left, values = self.process_lhs(compiler, connection)
        return f"{left} = ANY (%s::uuid[])", [*values, array(self.rhs)]


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

    @classmethod
    def named(cls, village_id: UUID, ids: Collection[UUID]) -> "models.QuerySet[Self]":
        """The rows of a village with these ids, each found by its id.

        To PostgreSQL the policy and the village in a filter are two independent conditions, so that it takes a village
        for much smaller than it is, and would rather read one of the village's indexes from end to end.
        """
        return cls.rows().filter(village_id__checked=village_id, pk__among=ids)


def reference(to: str, **options: Any) -> "models.ForeignKey[Any, Any]":
    """A link within the village; its constraint is added by `migrations.foreign_keys` as an immediate one."""
    return models.ForeignKey(
        to, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+", **options
    )
