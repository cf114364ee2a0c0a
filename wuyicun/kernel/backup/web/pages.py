"""备份: when the last good one was made, where it lies, how it was checked; making one now; taking one away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.backup import access, actions, queries, words
from wuyicun.kernel.backup.archive.keys import LEAST_CHARACTERS
from wuyicun.kernel.backup.models import Run
from wuyicun.kernel.backup.queries import Archive, Status
from wuyicun.kernel.backup.rules import RunState
from wuyicun.kernel.web import live, notices
from wuyicun.kernel.web.formatting import day_time_words


class PassphraseForm(forms.Form):
    """A passphrase for the archives, typed twice."""

    passphrase = forms.CharField(
        label=gettext_lazy("备份口令"),
        min_length=LEAST_CHARACTERS,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("至少 10 个字符，汉字也可以。写在纸上锁好：忘了它，备份就打不开。"),
    )
    again = forms.CharField(
        label=gettext_lazy("再输一遍"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: object = None) -> None:
        super().__init__(data, use_required_attribute=False)  # type: ignore[arg-type]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("passphrase") and given.get("passphrase") != given.get("again"):
            self.add_error("again", _("两次输入的口令不同。"))
        return given


@dataclass(frozen=True)
class Row:
    """A run in the list."""

    run: Run
    kind: object
    size: str
    why: str
    there: bool


@never_cache
@require_GET
def backups(request: ScopedRequest) -> HttpResponse:
    """The page."""
    access.backups(request.scope)
    return render(request, "backup/backups.html", _context(request))


@never_cache
@require_GET
def backups_now(request: ScopedRequest) -> HttpResponse:
    """Its live part; 204 while nothing changed."""
    access.backups(request.scope)
    same = live.unchanged(request, queries.token(clock.now()))
    return same or render(request, "backup/now.html", _context(request))


@require_POST
def backup_start(request: ScopedRequest) -> HttpResponse:
    """Have one made now."""
    access.backups(request.scope)
    actions.ask(by=request.account.pk, at=clock.now())
    return redirect("backups")


@sensitive_post_parameters("passphrase", "again")
@never_cache
@require_http_methods(["GET", "POST"])
def backup_passphrase(request: ScopedRequest) -> HttpResponse:
    """Set the passphrase, or another one."""
    access.keeper(request.scope)
    form = PassphraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.set_passphrase(passphrase=form.cleaned_data["passphrase"], by=request.account.pk, at=clock.now())
        notices.say(request, _("备份口令已设好，以后的备份要用它打开"))
        return redirect("backups")
    return render(request, "backup/passphrase.html", {"form": form, "renew": queries.has_passphrase()})


@require_GET
def backup_download(request: ScopedRequest, run_id: UUID) -> FileResponse:
    """Take an archive away. It is sealed: nothing in it can be read without the passphrase."""
    run, path = access.archive(request.scope, run_id)
    actions.take_away(run=run, by=request.account.pk, at=clock.now())
    response = FileResponse(path.open("rb"), as_attachment=True, filename=path.name)
    response["Cache-Control"] = "no-store"
    return response


def _context(request: ScopedRequest) -> dict[str, Any]:
    at = clock.now()
    status = queries.status(at)
    return {
        "token": queries.token(at),
        "status": status,
        "answer": _answer(status, at),
        "tone": "late" if status.is_old else "done",
        "rows": [_row(each) for each in status.runs if each.run.ended_at or each.run.state == RunState.FAILED],
        "running": _running(status.running),
        "last_size": words.size(status.last.bytes) if status.last else "",
        "took": next((each.took for each in status.runs if status.last and each.run.pk == status.last.pk), None),
        "hour": f"{status.hour:02d}:00",
        "keeps": access.keeps(request.scope),
    }


def _answer(status: Status, at: datetime) -> str:
    if status.last is None:
        return _("还没有备份") if status.has_passphrase else _("还没有备份：先设备份口令")
    moment = day_time_words(timezone.localtime(status.last.asked_at), at)
    if status.is_old:
        return _("最近一次备份是%(when)s，已超过两天") % {"when": moment}
    return _("最近一次备份是%(when)s，已读回核对") % {"when": moment}


def _running(run: Run | None) -> dict[str, Any] | None:
    if run is None:
        return None
    return {
        "phase": words.PHASES.get(run.phase, ""),
        "size": words.size(run.done),
        "done": run.done,
        "total": run.total,
    }


def _row(archive: Archive) -> Row:
    run = archive.run
    return Row(run, words.KINDS[run.kind], words.size(run.bytes) if run.bytes else "", words.why(run), archive.there)
