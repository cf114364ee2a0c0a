"""The built files are found by the manifest; every icon that a page names is in the sprite."""

import json
import re
from pathlib import Path

import pytest

from wuyicun.kernel.web import assets
from wuyicun.kernel.web.context import MODES
from wuyicun.kernel.web.states import STATES

ROOT = Path(__file__).resolve().parents[3]
ICONS = ROOT / "frontend" / "pages" / "icons.json"
MANIFEST = {
    "pages/main.ts": {"file": "assets/pages-1.js", "css": ["assets/pages-2.css"], "imports": ["_shared.js"]},
    "_shared.js": {"file": "assets/shared-3.js", "css": ["assets/shared-4.css"]},
    "icons.svg": {"file": "assets/icons-5.svg"},
}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(MANIFEST))
    monkeypatch.setattr(assets, "MANIFEST", manifest)
    return manifest


def test_an_entry_brings_its_styles_and_those_of_what_it_imports(built: Path) -> None:
    styles, scripts = assets.styles_and_scripts("pages/main.ts")
    assert styles == ["/static/built/assets/shared-4.css", "/static/built/assets/pages-2.css"]
    assert scripts == ["/static/built/assets/pages-1.js"]


def test_a_new_build_is_seen_without_a_restart(built: Path) -> None:
    assert assets.address("icons.svg") == "/static/built/assets/icons-5.svg"
    built.write_text(json.dumps({"icons.svg": {"file": "assets/icons-6.svg"}}))
    assert assets.address("icons.svg") == "/static/built/assets/icons-6.svg"


def test_nothing_built_gives_nothing_and_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "MANIFEST", tmp_path / "manifest.json")
    assert assets.styles_and_scripts("pages/main.ts") == ([], [])
    assert assets.address("icons.svg") is None


def _icons_of_pages() -> dict[str, Path]:
    pattern = re.compile(r"""{% icon "([\w-]+)"|\bicon=['"]([\w-]+)['"]""")
    found: dict[str, Path] = {}
    for file in (ROOT / "wuyicun").rglob("*.html"):
        found |= {one or other: file for one, other in pattern.findall(file.read_text())}
    return found


def test_every_icon_that_a_page_names_is_in_the_sprite() -> None:
    listed = set(json.loads(ICONS.read_text()))
    named = (
        set(_icons_of_pages()) | {state.icon for state in STATES.values()} | {icon for _word, icon in MODES.values()}
    )
    assert named - listed == set()


def test_the_list_of_icons_is_sorted() -> None:
    listed = json.loads(ICONS.read_text())
    assert listed == sorted(set(listed))
