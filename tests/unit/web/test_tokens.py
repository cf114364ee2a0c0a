"""The colours: readable on every ground, told apart by colour-blind eyes, the same in both dark blocks."""

import re
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[3] / "frontend" / "styles" / "tokens.css"
STATES = ("done", "owed", "late", "excused")

# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
VISIONS = {
    "full": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def _blocks() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """The colours of the light theme, of the dark theme by device, of the dark theme by choice."""
    text = re.sub(r"/\*.*?\*/", "", TOKENS.read_text(), flags=re.DOTALL)
    found = {
        selector.strip(): dict(re.findall(r"(--[\w-]+):\s*([^;]+);", body))
        for selector, body in re.findall(r"(:root[^{]*)\{([^}]*)\}", text)
    }
    by_device, by_choice = found[':root:not([data-theme="light"])'], found[':root[data-theme="dark"]']
    light = dict(re.findall(r"(--[\w-]+):\s*([^;]+);", text.split("@media")[0]))
    return light, light | by_device, light | by_choice


LIGHT, DARK, DARK_BY_CHOICE = _blocks()
Colour = tuple[float, float, float]


def _linear(colour: str) -> Colour:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return _each(lambda part: part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4, (red, green, blue))


def _each(change: Callable[[float], float], colour: Colour) -> Colour:
    first, second, third = (change(part) for part in colour)
    return first, second, third


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _lab(colour: Colour) -> Colour:
    red, green, blue = (min(max(part, 0.0), 1.0) for part in colour)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    a, b, c = _each(lambda part: part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116, (x, y, z))
    return 116 * b - 16, 500 * (a - b), 200 * (b - c)


def _seen(colour: str, vision: str) -> Colour:
    linear = _linear(colour)
    red, green, blue = (sum(w * part for w, part in zip(row, linear, strict=True)) for row in VISIONS[vision])
    return _lab((red, green, blue))


def _distance(one: str, other: str, vision: str) -> float:
    pairs = zip(_seen(one, vision), _seen(other, vision), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["text", "text-muted", "accent", "accent-strong", *STATES])
def test_words_are_readable_on_every_ground(theme: dict[str, str], name: str) -> None:
    grounds = ["--surface", "--surface-2", *([f"--{name}-soft"] if name in STATES else [])]
    for ground in grounds:
        assert _contrast(theme[f"--{name}"], theme[ground]) >= 4.5, ground


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_words_on_the_accent_are_readable(theme: dict[str, str]) -> None:
    assert _contrast(theme["--on-accent"], theme["--accent"]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("vision", VISIONS)
def test_the_four_states_are_told_apart_by_every_eye(theme: dict[str, str], vision: str) -> None:
    for one, other in combinations(STATES, 2):
        assert _distance(theme[f"--{one}-fill"], theme[f"--{other}-fill"], vision) >= 22, (one, other)


def test_both_dark_blocks_say_the_same() -> None:
    assert DARK == DARK_BY_CHOICE
