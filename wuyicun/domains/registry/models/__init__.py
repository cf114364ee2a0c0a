"""The room's tables, a module for each part of it."""

from wuyicun.domains.registry.models.deciding import CONFLICT, MERGED, BulkChange, BulkItem, Conflict, Pairing
from wuyicun.domains.registry.models.importing import (
    OUTLINE,
    ColumnMapping,
    ImportBatch,
    ImportChange,
    ImportProblem,
    ImportRow,
)
from wuyicun.domains.registry.models.ledgers import LEDGER_TEMPLATE, Ledger, LedgerTaken, LedgerTemplate
from wuyicun.domains.registry.models.life import LifeEvent
from wuyicun.domains.registry.models.people import BORN, ID_NUMBER, PHONE, UNREAD, Household, Person, PersonGroup
from wuyicun.domains.registry.models.places import CARD, PLACE_PHONE, Card, Place, SearchKey, Worker

__all__ = [
    "BORN",
    "CARD",
    "CONFLICT",
    "ID_NUMBER",
    "LEDGER_TEMPLATE",
    "MERGED",
    "OUTLINE",
    "PHONE",
    "PLACE_PHONE",
    "UNREAD",
    "BulkChange",
    "BulkItem",
    "Card",
    "ColumnMapping",
    "Conflict",
    "Household",
    "ImportBatch",
    "ImportChange",
    "ImportProblem",
    "ImportRow",
    "Ledger",
    "LedgerTaken",
    "LedgerTemplate",
    "LifeEvent",
    "Pairing",
    "Person",
    "PersonGroup",
    "Place",
    "SearchKey",
    "Worker",
]
