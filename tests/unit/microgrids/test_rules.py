"""Names, letters, outlines and the sheet of the map."""

from __future__ import annotations

import pytest

from wuyicun.domains.microgrids.geojson import NotGeoJson, read
from wuyicun.domains.microgrids.naming import chinese_number, free_name
from wuyicun.domains.microgrids.pictures import NotAPicture
from wuyicun.domains.microgrids.pictures import read as read_picture
from wuyicun.domains.microgrids.rules import Sheet, hull, letter


def test_numbers_are_written_as_in_names() -> None:
    assert [chinese_number(each) for each in (1, 9, 10, 12, 20, 21, 99)] == [
        "一",
        "九",
        "十",
        "十二",
        "二十",
        "二十一",
        "九十九",
    ]


def test_a_new_micro_grid_takes_the_first_free_name() -> None:
    assert free_name(["第一微网格", "第三微网格"]) == "第二微网格"
    assert free_name([]) == "第一微网格"


def test_letters_go_on_after_z() -> None:
    assert [letter(each) for each in (0, 25, 26, 27, 52)] == ["A", "Z", "AA", "AB", "BA"]


def test_an_outline_leaves_out_what_lies_inside() -> None:
    corners = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)]
    assert set(hull([*corners, (2.0, 2.0), (2.0, 0.0), (0.0, 0.0)])) == set(corners)
    assert hull([(1.0, 1.0), (1.0, 1.0)]) == ((1.0, 1.0),)


def test_north_is_up_and_a_kilometre_is_a_kilometre_both_ways() -> None:
    sheet = Sheet.around([(113.50, 37.80), (113.51, 37.81)])
    west, south = sheet.place(113.50, 37.80)
    east, north = sheet.place(113.51, 37.81)
    assert west < east
    assert north < south
    assert (south - north) * sheet.metres == pytest.approx(1113.2, rel=0.001)
    assert (east - west) * sheet.metres == pytest.approx(1113.2 * 0.79, rel=0.01)
    assert min(west, north) >= 0
    assert max(east, south) <= 1000


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b'{"features": []}',
        b'{"features": [{"geometry": {"type": "Point", "coordinates": [999, 0]}}]}',
    ],
)
def test_a_file_without_points_is_refused(content: bytes) -> None:
    with pytest.raises(NotGeoJson):
        read(content)


def test_a_photo_is_measured_by_its_frame() -> None:
    photo = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08\x01\x00\x02\x00\x01\x01\x11\x00\xff\xd9"
    assert (read_picture(photo).width, read_picture(photo).height) == (512, 256)
    with pytest.raises(NotAPicture):
        read_picture(photo[:12])
