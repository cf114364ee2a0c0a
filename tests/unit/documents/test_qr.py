"""QR codes that a scanner reads back."""

import xml.etree.ElementTree as ET

import pytest
import zxingcpp

from wuyicun.kernel.documents import qr

TOKEN = "P7KQ2M5XJ4D9ZRTW3VHB8NCY6F"


def scanned(rows: tuple[tuple[bool, ...], ...], *, scale: int = 4) -> str:
    side = len(rows) + 2 * qr.QUIET_ZONE
    pixels = bytearray(b"\xff" * (side * scale) ** 2)
    for y in range(side * scale):
        for x in range(side * scale):
            row, column = y // scale - qr.QUIET_ZONE, x // scale - qr.QUIET_ZONE
            if 0 <= row < len(rows) and 0 <= column < len(rows) and rows[row][column]:
                pixels[y * side * scale + x] = 0
    (found,) = zxingcpp.read_barcodes(memoryview(bytes(pixels)).cast("B", shape=[side * scale, side * scale]))
    return str(found.text)


@pytest.mark.parametrize("text", [TOKEN, "X-0173", "试管 X-0173", "https://wuyicun.example/h/" + "a" * 80])
@pytest.mark.parametrize("error", ["l", "m", "q", "h"])
def test_a_code_reads_back(text: str, error: str) -> None:
    assert scanned(qr.matrix(text, error=error)) == text


def test_a_card_with_a_thumb_print_on_it_still_reads() -> None:
    rows = qr.matrix(TOKEN, error="q")
    thumb = range(len(rows) // 2 - 3, len(rows) // 2 + 4)
    dirty = tuple(
        tuple(True if y in thumb and x in thumb else dark for x, dark in enumerate(row)) for y, row in enumerate(rows)
    )

    assert scanned(dirty) == TOKEN


def test_the_drawing_shows_the_same_modules_and_leaves_the_quiet_zone_white() -> None:
    rows = qr.matrix(TOKEN)
    drawing = ET.fromstring(qr.svg(TOKEN))  # noqa: S314 - our own drawing
    dark = drawing[1].attrib["d"]
    drawn = [[False] * len(rows) for _ in rows]
    for bar in dark.removesuffix("z").split("z"):
        start, length = bar.removeprefix("M").split("h")[0], int(bar.split("h")[1].split("v")[0])
        left, top = (int(number) - qr.QUIET_ZONE for number in start.split())
        for column in range(left, left + length):
            drawn[top][column] = True

    assert tuple(tuple(row) for row in drawn) == rows
    assert drawing.attrib["viewBox"] == f"0 0 {len(rows) + 8} {len(rows) + 8}"


def test_the_drawing_needs_no_inline_style() -> None:
    assert "style" not in qr.svg(TOKEN)
