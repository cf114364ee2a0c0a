"""上级区划: the names of the divisions above a village, as its office types them; villages of one share its name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from wuyicun.domains.territory.models import Division
from wuyicun.domains.territory.rules import ABOVE_DIGITS, Above
from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.audit.actions import audit


def paths_above(village_path: str) -> Mapping[Above, str]:
    """The codes of the divisions above a village, widest first."""
    return {level: village_path[:digits] for level, digits in ABOVE_DIGITS.items()}


def names_above(village_path: str) -> Mapping[Above, str]:
    """Their names, '' where nobody has typed one."""
    paths = paths_above(village_path)
    known = dict(Division.objects.filter(area_path__in=paths.values()).values_list("area_path", "name"))
    return {level: known.get(path, "") for level, path in paths.items()}


@transaction.atomic
def name(*, village: Village, names: Mapping[Above, str], by: UUID | None, at: datetime) -> None:
    """Say what divisions above a village are called; '' for one that has no name of its own, as in a municipality.

    Args:
        names: of those levels that are named anew.
    """
    paths = paths_above(village.area_path)
    for level, said in names.items():
        if said:
            Division.objects.update_or_create(area_path=paths[level], defaults={"name": said, "level": level})
        else:
            Division.objects.filter(area_path=paths[level]).delete()
    codes = {str(level): paths[level] for level in names}
    audit("territory.name_divisions", by=by, at=at, village_id=village.pk, subject=("village", village.pk), data=codes)
