"""Every address refuses who has no business there: nobody, somebody without a grant, another village, another grid.

The URL table is walked; what an address names is a thing of 西头岭. An address that is added is walked, too: when it
names something new, `SAMPLES` says so.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from uuid import uuid4

import msgspec
import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.architecture.addresses import ADDRESSES, Address
from tests.architecture.test_row_security import OF_VILLAGES, show
from tests.architecture.village import FullVillage
from wuyicun.domains.laboratory import tokens as laboratory_tokens
from wuyicun.fieldsync import door, tokens
from wuyicun.interop import tokens as read_tokens
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.documents import pdf

# For everybody, logged in or not. Nothing of a village is behind them.
FOR_EVERYBODY = {
    "account_login": "the way in",
    "mfa_login_webauthn": "the same with a passkey",
    "healthz": "the launcher and a load balancer ask it",
    "setup": "who holds the one-time code; gone as soon as there is an account",
    "setup_village": "the same",
    "setup_account": "the same",
    "check": "where the code on a paper is typed",
    "check_code": "what stands on the paper, and nothing of a person: tests/integration/screening/test_proof.py",
    "set_language": "a cookie; the log-in page has the switch, too",
    "set_appearance": "a cookie; the log-in page has the switch, too",
}
# allauth's own pages for whoever is logged in: they show the account to its holder, and nothing of a village.
OF_THE_ACCOUNT = "account/"
# What names a kind of page, not somebody's thing.
KINDS = {"code": "resident", "number": "phone", "statement": "excuse", "version": 1, "cause": "unmatched"}
# Things bear the name that routes give them (village.py); where one name means several things, the address decides.
OTHERWISE = {
    "card_lost": {"subject_id": "person_id"},
    "household_card_lost": {"subject_id": "household_id"},
    "laboratory_token_revoke": {"token_id": "laboratory_token_id"},
    "ledger_take_back": {"ledger_id": "retired_ledger_id"},
    "report": {"round_id": "closed_id"},
    "report_version": {"round_id": "closed_id"},
    "report_pdf": {"round_id": "closed_id"},
    "report_word": {"round_id": "closed_id"},
    "result_slip": {"round_id": "closed_id", "person_id": "negative_id"},
}
# Of the own village, though it names a thing: the neighbour's grid worker works there, too.
OF_THE_WHOLE_VILLAGE = {"choose_village": "every account of a village may look at it"}
# Questions that name their things in the query: others' villages do not exist for them.
BY_QUERY = {
    "field_rounds",
    "field_missing",
    "field_find",
    "laboratory_results",
    "read_areas",
    "read_people",
    "read_households",
    "read_places",
}

# What an archive holds is every village's: only who administers them all may take one away or set its passphrase.
OF_WHO_ADMINISTERS = {"backup_download", "backup_passphrase"}
# What is written because somebody asked, however little they got.
TELL_OF_WHO_ASKS = {"audit_auditrow", "registry_ledgertaken"}

METHODS = ("get", "post")
RESULTS = [{"tube": "T-1", "result": "negative"}]


@pytest.fixture
def village(full_village: FullVillage) -> Iterator[FullVillage]:
    """The full village; what a test does is taken back after it."""
    full_village.digest = full_village.digest or digest(full_village)
    with transaction.atomic():
        yield full_village
        transaction.set_rollback(True)


def sample(address: Address, village: FullVillage) -> str:
    """The address of a thing of 西头岭."""
    known = {**KINDS, **village.ids}
    names = {name: OTHERWISE.get(address.name, {}).get(name, name) for name in address.parameters}
    missing = sorted(set(names.values()) - known.keys())
    assert not missing, f"{address.name}: say in tests/architecture/village.py what a {missing} of 西头岭 is"
    return reverse(address.name, kwargs={name: known[names[name]] for name in address.parameters})


def names_a_thing(address: Address) -> bool:
    return bool(set(address.parameters) - KINDS.keys())


class Visitor:
    """Somebody at the door, with a cookie and, where they have an account, a phone's token."""

    def __init__(self, village: FullVillage, name: str | None) -> None:
        self.village, self.client, self.headers, self.reads, self.sends = village, Client(), {}, {}, {}
        if name is not None:
            account = village.cast.accounts[name]
            self.client = village.cast.client(name)
            scope = accounts.scope_of(account, clock.now())
            token = tokens.make_token(account=account, device=uuid4(), scope=scope, at=clock.now())
            self.headers = {"Authorization": f"Bearer {token}"}
            read = read_tokens.make(account_id=account.pk, name="", days=1, by=account.pk, at=clock.now())
            self.reads = {"Authorization": f"Bearer {read}"}
            send = laboratory_tokens.make(account_id=account.pk, name="", days=1, at=clock.now())
            self.sends = {"Authorization": f"Bearer {send}"}

    def ask(self, address: Address, method: str) -> HttpResponse:
        """Ask for the thing, and name other things of 西头岭 in every way that an address may be asked."""
        ids = self.village.ids
        named = {
            "village": ids["village_id"],
            "round": ids["round_id"],
            "person": ids["person_id"],
            "household": ids["household_id"],
            "area": self.village.round.area_path,
            "area_path": self.village.round.area_path,
            "device": uuid4(),
            "q": "甲",
            "text": "甲",
            "state": "lost",
        }
        path = sample(address, self.village)
        headers = self.reads if address.route.startswith("api/read/") else self.headers
        if address.route.startswith("api/laboratory/"):
            body = json.dumps({"id": str(uuid4()), "village": self.village.cast.village.area_path, "results": RESULTS})
            return self.client.generic(method.upper(), path, body, content_type="application/json", headers=self.sends)
        if method == "get":
            return self.client.get(path, {key: str(value) for key, value in named.items()}, headers=headers)
        if address.route.startswith("api/"):
            body = json.dumps(named, default=str)
            return self.client.post(path, body, content_type="application/json", headers=headers)
        return self.client.post(path, {key: str(value) for key, value in named.items()}, headers=headers)


def digest(village: FullVillage) -> dict[str, str]:
    """What our village's tables hold, those aside that tell of who asks."""
    ours = village.cast.village.pk
    tables = [table for table in OF_VILLAGES if table not in TELL_OF_WHO_ASKS]
    parts = [
        f"SELECT '{table}', md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM \"{table}\" t"
        " WHERE village_id = %s"
        for table in tables
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        show(ours)
        cursor.execute(" UNION ALL ".join(parts), [ours] * len(tables))
        found = dict(cursor.fetchall())
        transaction.set_rollback(True)
    return found


def text_of(response: HttpResponse) -> str:
    """What can be read in an answer, be it a page, a workbook or (see `readable_documents`) a PDF."""
    content = b"".join(response.streaming_content if response.streaming else [response.content])
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            content = b"".join(parts.read(name) for name in parts.namelist())
    return content.decode(errors="replace")


@pytest.fixture(autouse=True)
def readable_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PDF is what it would be typeset from: whose names stand in it can be read, and it takes no time."""
    in_earnest = pdf._typeset

    def readable(order: Mapping[str, object]) -> bytes:
        return msgspec.json.encode(order) if order["format"] == "pdf" else in_earnest(order)

    monkeypatch.setattr(pdf, "_typeset", readable)


def secrets_of(village: FullVillage, *prefixes: str) -> list[str]:
    """What others must not read: who lives here, by name or by id (those apart that `Visitor` itself says)."""
    people = {name: each for name, each in village.cast.people.items() if name.startswith(prefixes)}
    return [*people, *(str(each.pk) for each in people.values() if each.pk != village.ids["person_id"])]


def walk(village: FullVillage, visitor: Visitor, address: Address, secrets: list[str]) -> list[int]:
    """The answers to both methods; whatever is answered, none of the secrets stands in it and nothing has changed."""
    answers = []
    for method in METHODS:
        response = visitor.ask(address, method)
        answers.append(response.status_code)
        assert response.status_code < 500
        text = text_of(response)
        assert [secret for secret in secrets if secret in text] == [], method
    assert digest(village) == village.digest, "a stranger changed something"
    return answers


WALKED = [address for address in ADDRESSES if address.name not in FOR_EVERYBODY]
OURS = [address for address in WALKED if not address.route.startswith(OF_THE_ACCOUNT)]


def test_every_address_has_a_name_of_its_own() -> None:
    names = [address.name for address in ADDRESSES]
    assert "" not in names
    assert len(set(names)) == len(names)


def test_the_exceptions_are_addresses() -> None:
    """An exception that nobody needs any more would hide what comes after it."""
    known = {*FOR_EVERYBODY, *OTHERWISE, *OF_THE_WHOLE_VILLAGE, *BY_QUERY, *OF_WHO_ADMINISTERS}
    assert known <= {address.name for address in ADDRESSES}


@pytest.mark.parametrize("address", WALKED, ids=str)
def test_nobody_gets_past_the_log_in(village: FullVillage, address: Address) -> None:
    visitor = Visitor(village, None)
    for method in METHODS:
        response = visitor.ask(address, method)
        if response.status_code == 302:
            assert response["Location"].startswith(reverse("account_login")), method
        else:
            assert response.status_code in (401, 404, 405), f"{method}: {response.status_code}"


@pytest.mark.parametrize("address", OURS, ids=str)
def test_an_account_without_a_grant_finds_nothing(village: FullVillage, address: Address) -> None:
    answers = walk(village, Visitor(village, "闲人"), address, secrets_of(village, "甲", "乙", "丙"))
    assert set(answers) <= {404, 405}, answers
    assert 404 in answers


@pytest.mark.parametrize("address", OURS, ids=str)
def test_the_secretary_of_another_village_finds_nothing_of_ours(village: FullVillage, address: Address) -> None:
    secrets = [*secrets_of(village, "甲", "乙", "丙"), "西头岭", "T-1"]
    answers = walk(village, Visitor(village, "外人"), address, secrets)
    if names_a_thing(address) or address.name in BY_QUERY:
        assert set(answers) <= {404, 405}, answers
        assert 404 in answers


@pytest.mark.parametrize("address", OURS, ids=str)
def test_the_grid_worker_next_door_finds_nobody_of_this_grid(village: FullVillage, address: Address) -> None:
    answers = walk(village, Visitor(village, "钟花"), address, secrets_of(village, "甲", "乙"))
    if names_a_thing(address) and address.name not in OF_THE_WHOLE_VILLAGE:
        assert set(answers) <= {404, 405}, answers
        assert 404 in answers


@pytest.mark.parametrize("address", OURS, ids=str)
def test_the_things_are_there_for_who_may_see_them(village: FullVillage, address: Address) -> None:
    """Else the walks above would prove nothing: to the secretary (or the administrator) each thing exists."""
    visitor = Visitor(village, "总管" if address.name in OF_WHO_ADMINISTERS else "梁会明")
    responses = [visitor.ask(address, method) for method in METHODS]
    assert all(text_of(response) is not None for response in responses)  # a stream is read to its end
    answers = [response.status_code for response in responses]
    assert set(answers) - {404, 405}, answers


def knock(village: FullVillage, token: str) -> int:
    """The door before Django, which the URL table does not know."""
    sent = json.dumps(
        {"village": str(village.ids["village_id"]), "sent_at": clock.now().isoformat(), "records": []}
    ).encode()
    headers = {"authorization": f"Bearer {token}", "content-length": str(len(sent))}
    tokens.sender(token, clock.now())  # here, since the door's own thread sees nothing that is not committed

    async def body() -> bytes:
        return sent

    async def status() -> int:
        return (await door.answer("POST", headers.get, body))[0]

    return asyncio.run(status())


def token_of(village: FullVillage, name: str) -> str:
    return Visitor(village, name).headers["Authorization"].removeprefix("Bearer ")


def test_the_door_for_records_knows_no_stranger(village: FullVillage) -> None:
    assert knock(village, "") == 401
    assert knock(village, hashlib.sha256(b"guess").hexdigest()) == 401


def test_the_door_for_records_knows_no_village_but_the_senders(village: FullVillage) -> None:
    assert knock(village, token_of(village, "外人")) == 404
    assert knock(village, token_of(village, "闲人")) == 404
    assert knock(village, token_of(village, "采样员")) == 200
