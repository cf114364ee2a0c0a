"""All record kinds, by room."""

from wuyicun.domains.hygiene.records import KINDS as HYGIENE
from wuyicun.domains.screening.records import KINDS as SCREENING
from wuyicun.domains.verification.records import KINDS as VERIFICATION
from wuyicun.kernel.records.voids import KINDS as RECORDS

KINDS = (*RECORDS, *SCREENING, *VERIFICATION, *HYGIENE)
