"""The addresses of testing, under /screening/. Pages of a kind lie below its word, so that the menu knows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.urls import URLPattern
from django.urls import path as plain_path

from wuyicun.domains.screening.web import (
    closing,
    labels,
    missing,
    opening,
    people,
    report,
    results,
    rounds,
    runs,
    samples,
    tubes,
)


def path(route: str, view: Callable[..., HttpResponseBase], name: str, **arguments: Any) -> URLPattern:
    """An address for who is logged in."""
    return plain_path(route, login_required(view), arguments, name=name)


urlpatterns = [
    path("", rounds.rounds, "rounds"),
    path("new/", opening.round_new, "round_new"),
    path("<uuid:round_id>/", rounds.round_, "round"),
    path("<uuid:round_id>/live/", rounds.round_live, "round_live"),
    path("<uuid:round_id>/stations/", rounds.station_add, "station_add"),
    path("<uuid:round_id>/cancel/", rounds.round_cancel, "round_cancel"),
    path("<uuid:round_id>/reopen/", rounds.round_reopen, "round_reopen"),
    path("<uuid:round_id>/take-back/<uuid:record_id>/", people.take_back, "take_back"),
    path("missing/", rounds.current, "current_missing", to="missing"),
    path("missing/<uuid:round_id>/", missing.missing, "missing"),
    path("missing/<uuid:round_id>/call-sheet.pdf", missing.call_sheet, "call_sheet"),
    path("missing/<uuid:round_id>/<uuid:person_id>/", people.round_person, "round_person"),
    path("missing/<uuid:round_id>/<uuid:person_id>/phone/", people.round_phone, "round_phone"),
    path("missing/<uuid:round_id>/<uuid:person_id>/<slug:statement>/", people.round_say, "round_say"),
    path("tubes/", rounds.current, "current_tubes", to="tubes"),
    path("tubes/<uuid:round_id>/", tubes.tubes, "tubes"),
    path("tubes/<uuid:round_id>/labels/", labels.labels, "labels"),
    path("tubes/<uuid:round_id>/swabs/", samples.samples, "samples"),
    path("tubes/one/<uuid:tube_id>/", tubes.tube, "tube"),
    path("tubes/one/<uuid:tube_id>/end/", tubes.tube_end, "tube_end"),
    path("runs/", rounds.current, "current_runs", to="runs"),
    path("runs/<uuid:round_id>/", runs.runs, "runs"),
    path("runs/<uuid:round_id>/live/", runs.runs_live, "runs_live"),
    path("runs/<uuid:round_id>/receipt/", runs.receipt, "run_receipt"),
    path("runs/<uuid:round_id>/<uuid:record_id>/slip.pdf", runs.slip, "slip"),
    path("results/", rounds.current, "current_results", to="results"),
    path("results/<uuid:round_id>/", results.results, "results"),
    path("results/<uuid:round_id>/enter/", results.enter, "result_enter"),
    path("results/<uuid:round_id>/retests/", results.retests, "retests"),
    path("closing/", rounds.current, "current_closing", to="closing"),
    path("closing/<uuid:round_id>/", closing.closing, "closing"),
    path("closing/<uuid:round_id>/report/", report.report, "report"),
    path("closing/<uuid:round_id>/report/<int:version>/", report.report, "report_version"),
    path("closing/<uuid:round_id>/report/<int:version>/report.pdf", report.report_pdf, "report_pdf"),
]
