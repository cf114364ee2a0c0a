"""Where things lie: by a click, by GeoJSON, or at their section's place."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.cast import Cast
from tests.integration.microgrids.map import PICTURE
from wuyicun.domains.microgrids import actions, queries
from wuyicun.domains.microgrids.models import MapPoint
from wuyicun.domains.registry import neighbourhood
from wuyicun.domains.registry.events import HouseholdsChanged
from wuyicun.domains.registry.models import Household
from wuyicun.kernel import clock
from wuyicun.kernel.events import publish
from wuyicun.kernel.ids import uuid7


def first_home(cast: Cast, name: str) -> Household:
    found = Household.rows().filter(area_path=cast.areas[name].area_path).order_by("order").first()
    assert found is not None
    return found


def test_a_click_on_the_map_puts_a_household_there_and_goes_on_to_the_next(cast: Cast) -> None:
    client, home = cast.client("王海斌"), first_home(cast, "第一微网格")
    page = client.get(f"{reverse('village_map')}?thing={home.pk}").content.decode()
    assert f'value="{home.pk}"' in page
    client.post(reverse("village_map_point"), {"layer": "H", "thing": home.pk, "x": "120.5", "y": "300"})
    point = MapPoint.rows().get(subject_id=home.pk)
    assert (point.x, point.y, point.source) == (120.5, 300.0, "click")
    assert f'name="thing" value="{home.pk}"' not in client.get(reverse("village_map")).content.decode()


def test_nobody_places_what_is_not_theirs_or_off_the_sheet(cast: Cast) -> None:
    home = first_home(cast, "第一微网格")
    for name, x, status in (
        ("钟花", "10", 404),
        ("外人", "10", 404),
        ("采样员", "10", 404),
        ("王海斌", "1001", 400),
        ("王海斌", "nan", 400),
    ):
        answer = cast.client(name).post(
            reverse("village_map_point"), {"layer": "H", "thing": home.pk, "x": x, "y": "10"}
        )
        assert answer.status_code == status, (name, x)
    assert not MapPoint.rows().exists()


def test_a_household_without_a_point_stands_at_its_section_and_says_so(cast: Cast) -> None:
    cast.client("梁会明").post(
        reverse("village_map_point"), {"layer": "A", "thing": cast.areas["西头岭"].pk, "x": "50", "y": "60"}
    )
    homes = neighbourhood.dwellings(cast.village.pk, cast.areas["西头岭"].area_path)
    spots = queries.spots(cast.village.pk, homes)
    assert set(spots.values()) == {queries.Spot(50.0, 60.0, inherited=True)}


def _geojson(*features: dict[str, object]) -> SimpleUploadedFile:
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    return SimpleUploadedFile("points.geojson", content, content_type="application/geo+json")


def _feature(longitude: float, latitude: float, **said: str) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": said,
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
    }


def test_points_come_in_by_longitude_and_latitude_and_keep_their_proportions(cast: Cast) -> None:
    one, other = first_home(cast, "第一微网格"), first_home(cast, "第二微网格")
    file = _geojson(
        _feature(113.50, 37.80, section="西头岭", number=one.number),
        _feature(113.50, 37.81, section="西头岭", number=other.number),
        _feature(113.51, 37.80, section="西头岭", number="999"),
    )
    answer = cast.client("梁会明").post(reverse("village_map_import"), {"file": file}, follow=True)
    assert "1 个对不上" in answer.content.decode()
    sheet = queries.village_map(cast.village.pk)
    assert sheet is not None
    assert sheet.metres is not None
    south, north = MapPoint.rows().get(subject_id=one.pk), MapPoint.rows().get(subject_id=other.pk)
    assert (south.y - north.y) * sheet.metres == pytest.approx(1113.2, rel=0.01)
    assert 0 <= north.y < south.y <= 1000


def test_points_by_degrees_do_not_go_onto_a_sketch_nor_a_sketch_under_them(cast: Cast) -> None:
    client, home = cast.client("梁会明"), first_home(cast, "第一微网格")
    sketch = {"picture": SimpleUploadedFile("map.png", PICTURE, content_type="image/png")}
    assert "草图已上传" in client.post(reverse("village_map_set_picture"), sketch, follow=True).content.decode()
    assert client.get(reverse("village_map_picture")).content == PICTURE
    file = _geojson(_feature(113.5, 37.8, section="西头岭", number=home.number))
    answer = client.post(reverse("village_map_import"), {"file": file}, follow=True).content.decode()
    assert "和经纬度对不上" in answer
    client.post(reverse("village_map_clear"))
    assert queries.village_map(cast.village.pk) is None


def test_what_is_no_picture_is_refused(cast: Cast) -> None:
    for content in (b"", b"GIF89a", b"<svg/>", b"\xff\xd8\xff\xe0\x00", PICTURE[:15]):
        given = {"picture": SimpleUploadedFile("map.png", content, content_type="image/png")}
        answer = cast.client("梁会明").post(reverse("village_map_set_picture"), given, follow=True)
        assert "请上传 PNG 或 JPG" in answer.content.decode()


def test_clearing_forgets_every_point(cast: Cast) -> None:
    home = first_home(cast, "第一微网格")
    actions.set_point(village_id=cast.village.pk, kind="H", subject_id=home.pk, x=1.0, y=1.0, by=None, at=clock.now())
    assert actions.clear_map(village_id=cast.village.pk, by=None, at=clock.now()) == 1
    assert not MapPoint.rows().exists()


def test_points_come_in_from_a_clerks_table(cast: Cast) -> None:
    home = first_home(cast, "第一微网格")
    table = (
        f"村里的位置,,,\n片区,户号,经度,纬度\n西头岭,{home.number},113.50,37.80\n西头岭,12345,113.51,37.81\n".encode()
    )
    client = cast.client("梁会明")
    given = {"file": SimpleUploadedFile("points.csv", table, content_type="text/csv")}
    assert "放好 1 个位置" in client.post(reverse("village_map_import"), given, follow=True).content.decode()
    assert MapPoint.rows().get().subject_id == home.pk
    given = {"file": SimpleUploadedFile("points.csv", "户号,人\n1,甲\n".encode(), content_type="text/csv")}
    assert "经度" in client.post(reverse("village_map_import"), given, follow=True).content.decode()
    page = client.get(reverse("household", args=[home.pk])).content.decode()
    assert "地图上有位置" in page


def test_of_a_household_that_is_gone_the_map_keeps_no_point(cast: Cast) -> None:
    village, home = cast.village.pk, first_home(cast, "第一微网格")
    for subject in (home.pk, uuid7()):
        actions.set_point(village_id=village, kind="H", subject_id=subject, x=1.0, y=1.0, by=None, at=clock.now())
    households = tuple(MapPoint.rows().values_list("subject_id", flat=True))
    publish(HouseholdsChanged(village, households, None, clock.now()))
    assert [point.subject_id for point in MapPoint.rows()] == [home.pk]
