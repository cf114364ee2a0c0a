"""What may stand in a cell of an export, and how a person reads it."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

type_of_number = (int, float, Decimal)
"""Written as numbers; an id number, phone or code is text and must be passed as `str`."""

Cell = str | Promise | int | float | Decimal | date | datetime | None


def in_words(value: Cell) -> str:
    """A cell as a person reads it. Moments are shown in the current time zone, to the minute."""
    match value:
        case None:
            return ""
        case bool():
            return _("是") if value else _("否")
        case datetime():
            return f"{local(value):%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
    return str(value).encode("utf-8", "replace").decode()


def local(moment: datetime) -> datetime:
    """The moment on the wall clock, naive, as Excel stores it."""
    return timezone.make_naive(moment) if timezone.is_aware(moment) else moment
