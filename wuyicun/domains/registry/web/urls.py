"""The addresses of the registry, under /people/; importing has its own."""

from __future__ import annotations

from wuyicun.domains.registry import tokens
from wuyicun.domains.registry.web import bulk, cards, duplicates, editing, households, life, members, people, staying
from wuyicun.domains.registry.web.places import lists, pages, worksites
from wuyicun.kernel.web.responses import path

urlpatterns = [
    path("people/", people.people, "people"),
    path("people/bulk/", bulk.people_bulk, "people_bulk"),
    path("people/bulk/do/", bulk.bulk_do, "bulk_do"),
    path("people/bulk/changes/", bulk.bulk_changes, "bulk_changes"),
    path("people/bulk/<uuid:bulk_id>/", bulk.bulk, "bulk"),
    path("people/bulk/<uuid:bulk_id>/progress/", bulk.bulk_progress, "bulk_progress"),
    path("people/bulk/<uuid:bulk_id>/undo/", bulk.bulk_undo, "bulk_undo"),
    path("people/add/", editing.person_add, "person_add"),
    path("people/households/add/", households.household_add, "household_add"),
    path("people/households/<uuid:household_id>/", households.household, "household"),
    path("people/households/<uuid:household_id>/edit/", households.household_edit, "household_edit"),
    path("people/households/<uuid:household_id>/table/", members.household_table, "household_table"),
    path(
        "people/households/<uuid:subject_id>/card-lost/",
        cards.card_lost,
        "household_card_lost",
        letter=tokens.HOUSEHOLD,
    ),
    path("people/duplicates/", duplicates.duplicates_, "duplicates"),
    path("people/duplicates/<uuid:person_id>/<uuid:other_id>/", duplicates.duplicate_pair, "duplicate_pair"),
    path("people/duplicates/<uuid:pairing_id>/undo/", duplicates.duplicate_undo, "duplicate_undo"),
    path("people/places/", lists.places, "places"),
    path("people/places/add/", pages.place_add, "place_add"),
    path("people/places/<uuid:place_id>/", pages.place, "place"),
    path("people/places/<uuid:place_id>/edit/", pages.place_edit, "place_edit"),
    path("people/places/<uuid:place_id>/close/", pages.place_close, "place_close"),
    path("people/places/<uuid:place_id>/reopen/", pages.place_reopen, "place_reopen"),
    path("people/places/<uuid:place_id>/workers/", worksites.take_on, "worker_add"),
    path("people/places/workers/<uuid:worker_id>/", worksites.worker_edit, "worker_edit"),
    path("people/places/workers/<uuid:worker_id>/end/", worksites.let_go, "worker_end"),
    path("people/places/workers/<uuid:worker_id>/back/", worksites.take_back, "worker_back"),
    path("people/places/<uuid:place_id>/phone/", lists.place_reveal, "place_reveal"),
    path("people/places/<uuid:place_id>/card-lost/", cards.place_card_lost, "place_card_lost"),
    path("people/cards/", cards.cards_, "cards"),
    path("people/cards/cards.pdf", cards.cards_pdf, "cards_pdf"),
    path("people/<uuid:person_id>/", people.person, "person"),
    path("people/<uuid:person_id>/edit/", editing.person_edit, "person_edit"),
    path("people/<uuid:person_id>/place/", staying.person_place, "person_place"),
    path("people/<uuid:person_id>/left/", staying.person_left, "person_left"),
    path("people/<uuid:person_id>/returned/", staying.person_returned, "person_returned"),
    path("people/<uuid:person_id>/birth/", life.person_birth, "person_birth"),
    path("people/<uuid:person_id>/death/", life.person_death, "person_death"),
    path("people/life/<uuid:event_id>/undo/", life.life_undo, "life_undo"),
    path("people/<uuid:person_id>/reveal/<slug:number>/", editing.reveal, "reveal"),
    path("people/<uuid:subject_id>/card-lost/", cards.card_lost, "card_lost", letter=tokens.PERSON),
]
