"""Proposals: asked for, applied as a whole or in part, taken back; rolls follow without drift."""

from __future__ import annotations

import html
import re

import pytest
from django.urls import reverse

from tests.cast import Cast
from tests.integration.microgrids.map import crowd, put_on_the_map
from tests.integration.screening.sending import open_round
from wuyicun.domains.microgrids import adopting, rebalancing
from wuyicun.domains.microgrids.models import Happening, Rebalancing
from wuyicun.domains.microgrids.proposing import Found
from wuyicun.domains.microgrids.rules import Happened, Stage
from wuyicun.domains.microgrids.web import comparing
from wuyicun.domains.registry import neighbourhood
from wuyicun.domains.registry.models import Household
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.territory import queries as areas
from wuyicun.kernel import clock
from wuyicun.kernel.audit.models import AuditRow


def ready(cast: Cast) -> tuple[Rebalancing, Found]:
    made = rebalancing.begin(village_id=cast.village.pk, keep=0.25, by=None, at=clock.now())
    found = rebalancing.found_of(made)
    assert found is not None
    return made, found


def sizes(cast: Cast) -> dict[str, int]:
    return {path: tally.households for path, tally in neighbourhood.tallies(cast.village.pk).items()}


@pytest.fixture
def crowded(cast: Cast) -> Cast:
    """第二微网格 has 74 households, too many."""
    put_on_the_map(cast)
    crowd(cast, "第二微网格", 70)
    return cast


def test_a_proposal_leaves_no_micro_grid_above_the_largest_size(crowded: Cast) -> None:
    made, found = ready(crowded)
    assert made.state == Stage.READY
    assert found.largest <= 63
    assert {move.reason for move in found.moves} <= {"too_large", "nearer", "even"}
    assert found.sizes_today[crowded.areas["第二微网格"].area_path] == 74


def test_applied_as_a_whole_it_is_as_proposed_and_rolls_follow_without_drift(crowded: Cast) -> None:
    round_ = open_round(crowded)
    made, found = ready(crowded)
    done = adopting.apply(rebalancing=made, homes={move.home for move in found.moves}, by=None, at=clock.now())
    assert adopting.moved(done) == len(found.moves) > 0
    assert sorted(sizes(crowded).values()) == sorted(len(grid.homes) for grid in found.grids)
    assert rolls.drift(crowded.village.pk, round_.roll_id) == []
    counted = {each.area_path: each.counts.current for each in rolls.leaf_counts(crowded.village.pk, round_.roll_id)}
    recounted = {each.area_path: each.counts.current for each in rolls.recount(crowded.village.pk, round_.roll_id)}
    assert {path: number for path, number in counted.items() if number} == recounted
    assert recounted == {path: tally.people for path, tally in neighbourhood.tallies(crowded.village.pk).items()}
    assert AuditRow.objects.filter(action="microgrids.apply").count() == 1


def test_taken_back_everybody_is_where_they_were(crowded: Cast) -> None:
    round_ = open_round(crowded)
    before = dict(Household.rows().values_list("pk", "area_path"))
    made, found = ready(crowded)
    adopting.apply(rebalancing=made, homes={move.home for move in found.moves}, by=None, at=clock.now())
    made.refresh_from_db()
    adopting.undo(rebalancing=made, by=None, at=clock.now())
    assert dict(Household.rows().values_list("pk", "area_path")) == before
    assert rolls.drift(crowded.village.pk, round_.roll_id) == []
    with pytest.raises(adopting.NotReady):
        adopting.undo(rebalancing=made, by=None, at=clock.now())


def test_a_part_of_it_moves_only_the_chosen_and_the_secretary_can_undo_it(crowded: Cast) -> None:
    made, found = ready(crowded)
    chosen = [move.home for move in found.moves][:4]
    client = crowded.client("梁会明")
    client.post(reverse("rebalancing_apply", args=[made.pk]), {"home": chosen})
    moved = {
        home
        for home, path in Household.rows().values_list("pk", "area_path")
        if path != next((m.start for m in found.moves if m.home == home), path)
    }
    assert moved == set(chosen)
    client.post(reverse("rebalancing_undo", args=[made.pk]))
    assert Rebalancing.rows().get(pk=made.pk).state == Stage.UNDONE
    assert sizes(crowded)[crowded.areas["第二微网格"].area_path] == 74


def test_who_was_moved_meanwhile_stays_there(crowded: Cast) -> None:
    made, found = ready(crowded)
    gone = found.moves[0].home
    elsewhere = crowded.areas["未入网"]
    Household.rows().filter(pk=gone).update(area=elsewhere, area_path=elsewhere.area_path)
    done = adopting.apply(rebalancing=made, homes={move.home for move in found.moves}, by=None, at=clock.now())
    assert adopting.moved(done) == len(found.moves) - 1
    assert Household.rows().get(pk=gone).area_path == elsewhere.area_path


def test_a_section_that_needs_one_more_gets_a_micro_grid_and_loses_it_on_undo(cast: Cast) -> None:
    crowd(cast, "北头岭微网格", 80)
    made, found = ready(cast)
    (new,) = [grid for grid in found.grids if not grid.was]
    assert (new.section, new.name) == (cast.areas["北头岭"].area_path, "第一微网格")
    adopting.apply(rebalancing=made, homes={move.home for move in found.moves}, by=None, at=clock.now())
    assert "第一微网格" in {
        each.name for each in areas.areas(cast.village.pk) if each.area_path.startswith(new.section)
    }
    made.refresh_from_db()
    adopting.undo(rebalancing=made, by=None, at=clock.now())
    living = [each.name for each in areas.areas(cast.village.pk) if each.area_path.startswith(new.section)]
    assert living == ["北头岭", "北头岭微网格"]


def test_without_any_place_there_is_nothing_to_propose(cast: Cast) -> None:
    with pytest.raises(rebalancing.NoPlaces):
        rebalancing.begin(village_id=cast.village.pk, keep=0.25, by=None, at=clock.now())


def test_a_large_village_is_worked_on_by_a_job_that_can_be_stopped(
    crowded: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebalancing, "AT_ONCE", 10)
    made = rebalancing.begin(village_id=crowded.village.pk, keep=0.25, by=None, at=clock.now())
    assert made.state == Stage.WORKING
    with pytest.raises(rebalancing.AlreadyAtWork):
        rebalancing.begin(village_id=crowded.village.pk, keep=0.25, by=None, at=clock.now())
    page = crowded.client("梁会明").get(reverse("rebalancing_proposal", args=[made.pk])).content.decode()
    assert "正在算" in page
    crowded.client("梁会明").post(reverse("rebalancing_stop", args=[made.pk]))
    rebalancing.work_off(crowded.village.pk, made.pk)
    assert Rebalancing.rows().get(pk=made.pk).state == Stage.STOPPED


def test_work_that_has_begun_is_given_up_when_somebody_says_so(crowded: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebalancing, "AT_ONCE", 10)
    made = rebalancing.begin(village_id=crowded.village.pk, keep=0.25, by=None, at=clock.now())
    Rebalancing.rows().filter(pk=made.pk).update(progress=40)
    rebalancing.stop(rebalancing=made, by=None, at=clock.now())
    assert Rebalancing.rows().get(pk=made.pk).state == Stage.WORKING
    rebalancing.work_off(crowded.village.pk, made.pk)
    assert Rebalancing.rows().get(pk=made.pk).state == Stage.STOPPED


def test_a_job_that_is_run_twice_leaves_its_first_answer(crowded: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebalancing, "AT_ONCE", 10)
    made = rebalancing.begin(village_id=crowded.village.pk, keep=0.25, by=None, at=clock.now())
    rebalancing.work_off(crowded.village.pk, made.pk)
    first = Rebalancing.rows().get(pk=made.pk)
    rebalancing.work_off(crowded.village.pk, made.pk)
    assert first.state == Stage.READY
    assert Rebalancing.rows().get(pk=made.pk).proposal == first.proposal


def test_the_page_shows_both_maps_the_gap_and_why_each_household_moves(crowded: Cast) -> None:
    made, found = ready(crowded)
    page = crowded.client("梁会明").get(reverse("rebalancing_proposal", args=[made.pk])).content.decode()
    assert page.count('<svg class="village-map"') == 2
    assert "最多还能好" in page
    assert "第二微网格现有 74 户，太多" in page
    assert page.count('name="home"') == len(found.moves)


@pytest.fixture
def by_a_job(crowded: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """More than a few moves are a job's, stream by stream; there are two of them."""
    crowd(crowded, "北头岭微网格", 80)
    monkeypatch.setattr(adopting, "AT_ONCE", 2)
    monkeypatch.setattr(adopting, "PORTION", 2)
    return crowded


def work(cast: Cast, made: Rebalancing, *, portions: int = 100) -> Rebalancing:
    for _ in range(portions):
        if not adopting.portion(village_id=cast.village.pk, rebalancing_id=made.pk, at=clock.now()):
            break
    return Rebalancing.rows().get(pk=made.pk)


def test_many_moves_are_a_jobs_with_their_progress_and_are_taken_back_as_a_whole(by_a_job: Cast) -> None:
    cast, round_ = by_a_job, open_round(by_a_job)
    before = dict(Household.rows().values_list("pk", "area_path"))
    made, found = ready(cast)
    client, page = cast.client("梁会明"), reverse("rebalancing_proposal", args=[made.pk])
    client.post(reverse("rebalancing_apply", args=[made.pk]), {"all": "1"})
    assert dict(Household.rows().values_list("pk", "area_path")) == before
    half = work(cast, made, portions=1)
    assert (half.state, 0 < half.done < len(found.moves)) == (Stage.APPLYING, True)
    assert f"正在移动：{half.done} / {len(found.moves)} 户" in client.get(page).content.decode()
    whole = work(cast, made)
    assert (whole.state, adopting.moved(whole)) == (Stage.APPLIED, len(found.moves))
    assert rolls.drift(cast.village.pk, round_.roll_id) == []
    client.post(reverse("rebalancing_undo", args=[made.pk]))
    assert f"正在搬回：0 / {len(found.moves)} 户" in client.get(page).content.decode()
    assert work(cast, made).state == Stage.UNDONE
    assert dict(Household.rows().values_list("pk", "area_path")) == before
    assert rolls.drift(cast.village.pk, round_.roll_id) == []


def test_stopped_on_the_way_it_is_applied_so_far_and_undone_as_a_whole(by_a_job: Cast) -> None:
    before = dict(Household.rows().values_list("pk", "area_path"))
    made, _ = ready(by_a_job)
    adopting.apply(rebalancing=made, homes=None, by=None, at=clock.now())
    half = work(by_a_job, made, portions=1)
    by_a_job.client("梁会明").post(reverse("rebalancing_stop", args=[made.pk]))
    stopped = work(by_a_job, made)
    assert (stopped.state, adopting.moved(stopped)) == (Stage.APPLIED, half.done)
    adopting.undo(rebalancing=stopped, by=None, at=clock.now())
    assert work(by_a_job, made).state == Stage.UNDONE
    assert dict(Household.rows().values_list("pk", "area_path")) == before


def test_who_moved_on_after_it_was_applied_is_not_fetched_back(by_a_job: Cast) -> None:
    made, found = ready(by_a_job)
    adopting.apply(rebalancing=made, homes=None, by=None, at=clock.now())
    applied = work(by_a_job, made)
    gone, elsewhere = found.moves[0].home, by_a_job.areas["未入网"]
    Household.rows().filter(pk=gone).update(area=elsewhere, area_path=elsewhere.area_path)
    adopting.undo(rebalancing=applied, by=None, at=clock.now())
    undone = work(by_a_job, made)
    assert adopting.moved(undone) == len(found.moves) - 1
    assert Household.rows().get(pk=gone).area_path == elsewhere.area_path


def test_each_stream_stands_once_in_the_history_of_its_micro_grids(by_a_job: Cast) -> None:
    made, found = ready(by_a_job)
    adopting.apply(rebalancing=made, homes=None, by=None, at=clock.now())
    work(by_a_job, made)
    went = list(Happening.rows().filter(kind=Happened.WENT).values_list("area_path", "other_path"))
    assert len(went) == len(set(went)) == len({(move.start, move.end) for move in found.moves})


def test_many_moves_are_ticked_stream_by_stream_and_very_many_applied_as_a_whole(
    crowded: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "TICKED_SINGLY", 2)
    made, found = ready(crowded)
    client = crowded.client("梁会明")
    text = client.get(reverse("rebalancing_proposal", args=[made.pk])).content.decode()
    streams = re.findall(r'name="stream" value="([^"]+)"', text)
    assert len(streams) == len({(move.start, move.end) for move in found.moves})
    assert 'name="home"' not in text
    client.post(reverse("rebalancing_apply", args=[made.pk]), {"stream": [html.unescape(streams[0])]})
    start, end = html.unescape(streams[0]).split(">")
    chosen = {move.home for move in found.moves if (move.start, move.end) == (start, int(end))}
    applied = Rebalancing.rows().get(pk=made.pk)
    assert {home for home, _start, _end in applied.applied["moved"]} == {str(home) for home in chosen}
    monkeypatch.setattr(comparing, "TICKED_SINGLY", 0)
    monkeypatch.setattr(comparing, "TICKED_STREAMS", 0)
    again, _ = ready(crowded)
    text = client.get(reverse("rebalancing_proposal", args=[again.pk])).content.decode()
    assert "data-tick " not in text
    assert 'name="all" value="1"' in text
