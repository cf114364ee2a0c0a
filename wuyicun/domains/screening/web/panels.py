"""What testing shows on a person's page: where they stand in the open round, whether they are held, their results."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from wuyicun.domains.registry.queries import PersonBrief
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.screening import queries
from wuyicun.domains.screening.rules import TubeResult
from wuyicun.domains.standing import queries as standing
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest

RESULT_STATES: dict[str, str] = {TubeResult.NEGATIVE: "negative", TubeResult.POSITIVE: "positive"}


@dataclass(frozen=True)
class Owed:
    """How a person stands in an open round."""

    round_id: UUID
    title: str
    state: str
    retest: bool


@dataclass(frozen=True)
class Tested:
    """A swab with its tube's result; the look is a state of the shell."""

    title: str
    at: datetime
    look: str
    retest: bool
    flag: str


def tests(request: ScopedRequest, person: PersonBrief) -> SafeString | None:
    """The panel 检测 of a person's page."""
    village_id, at = request.village.pk, clock.now()
    owed = []
    for round_ in queries.open_rounds(village_id):
        entries = rolls.entries_of(village_id, round_.roll_id, [person.id])
        retest = person.id in queries.owes_retest(village_id, round_, [person.id])
        owed += [Owed(round_.pk, round_.title, entry.state.code, retest) for entry in entries]
    tested = [
        Tested(round_.title, swab.at, RESULT_STATES.get(result, ""), swab.retest, swab.flag)
        for round_, swab, result, _at in queries.results_of(village_id, person.id)[:10]
    ]
    known = standing.standing(village_id, [person.id], at).get(person.id)
    context = {"owed": owed, "tested": tested, "standing": known, "person": person}
    return render_to_string("screening/parts/person_panel.html", context, request=request)
