"""The addresses of laboratory results, under /screening/laboratory/."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.urls import path as plain_path
from django.views.decorators.csrf import csrf_exempt

from wuyicun.domains.laboratory.web import deliveries, overview, queues, scanning, tokens
from wuyicun.domains.screening.web import rounds
from wuyicun.kernel.web.responses import path

urlpatterns = [
    path("", rounds.current, "current_laboratory", to="laboratory"),
    # The view looks for the token itself, after it has refused what is too large unread.
    plain_path("<uuid:round_id>/", csrf_exempt(login_required(overview.laboratory)), name="laboratory"),
    path("tokens/", tokens.tokens_page, "laboratory_tokens"),
    path("tokens/openapi.json", tokens.document, "laboratory_document"),
    path("tokens/<uuid:token_id>/revoke/", tokens.revoke, "laboratory_token_revoke"),
    path("<uuid:round_id>/scan/", scanning.scan, "laboratory_scan"),
    path("<uuid:round_id>/again/", queues.again, "laboratory_again"),
    path("<uuid:round_id>/accept/<uuid:record_id>/", queues.accept, "laboratory_accept"),
    path("<uuid:round_id>/queue/<str:cause>/", queues.queue, "laboratory_queue"),
    path("<uuid:round_id>/queue/<str:cause>/close/", queues.close_all, "laboratory_close_all"),
    path("line/<uuid:line_id>/assign/", queues.assign, "laboratory_assign"),
    path("line/<uuid:line_id>/close/", queues.close, "laboratory_close"),
    path("decision/<uuid:decision_id>/undo/", queues.take_back, "laboratory_take_back"),
    path("delivery/<uuid:delivery_id>/", deliveries.delivery, "laboratory_delivery"),
    path("delivery/<uuid:delivery_id>/columns/", deliveries.columns, "laboratory_columns"),
    path("delivery/<uuid:delivery_id>/enter/", deliveries.enter, "laboratory_enter"),
    path("delivery/<uuid:delivery_id>/stop/", deliveries.stop, "laboratory_stop"),
    path("delivery/<uuid:delivery_id>/undo/", deliveries.undo, "laboratory_undo"),
    path("delivery/<uuid:delivery_id>/drop/", deliveries.drop, "laboratory_drop"),
    path("delivery/<uuid:delivery_id>/progress/", deliveries.progress, "laboratory_progress"),
]
