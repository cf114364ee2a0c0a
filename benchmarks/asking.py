"""Who asks: the ordinary role of the database, in the scope of an account."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from django.db import connection

from benchmarks.load import Kind, id_of
from wuyicun.kernel import scope
from wuyicun.kernel.roles import ROLES
from wuyicun.kernel.scope import Held, Scope

Answer = TypeVar("Answer")

MIGHTY = """
SELECT rolsuper OR rolbypassrls OR tableowner = rolname FROM pg_roles, pg_tables
WHERE rolname = current_user AND tablename = 'registry_person'
"""


def as_ordinary_role() -> None:
    """Raises ValueError when policies would not hold for whoever we are."""
    with connection.cursor() as cursor:
        cursor.execute(MIGHTY)
        if cursor.fetchone() != (False,):
            raise ValueError("row-level security does not hold for this role")


def held(role: str, area_path: str, villages: tuple[UUID, ...]) -> Scope:
    """The scope of somebody with this role over an area."""
    return Scope(id_of(Kind.ACCOUNT, 0), villages, (Held(ROLES[role], area_path),))


def inside(asker: Scope, question: Callable[[], Answer]) -> Callable[[], Answer]:
    """The question in a transaction of its own, as a request is."""

    def asked() -> Answer:
        with scope.enter(asker):
            return question()

    return asked
