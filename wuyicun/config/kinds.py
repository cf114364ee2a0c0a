"""All record kinds, by room."""

from wuyicun.domains.screening.records import KINDS as SCREENING

KINDS = (*SCREENING,)
