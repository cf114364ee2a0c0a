"""docs/settings.md has one row for each variable that the code reads, and no other."""

import re

from wuyicun.config.environment import ROOT

VARIABLE = re.compile(r"\b(?:WUYI|DATABASE)_[A-Z_]+[A-Z]\b")
READERS = ("wuyicun/config/environment.py", "wuyicun/config/cli/test.py", "wuyicun/config/cli/test_tools.py")


def test_every_setting_is_documented_once_and_nothing_else() -> None:
    read = {name for path in READERS for name in VARIABLE.findall((ROOT / path).read_text(encoding="utf-8"))}
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE)
    assert sorted(rows) == sorted(read)


def test_the_environment_is_read_in_one_place() -> None:
    """A variable of ours that another module asks the system for would be missing above."""
    asked = re.compile(r"(?:environ(?:\.get\(|\[)|getenv\()\s*[\"'](?:WUYI|DATABASE)_\w+")
    allowed = {ROOT / path for path in READERS} | set((ROOT / "wuyicun" / "config" / "cli").glob("*.py"))
    others = [path for path in (ROOT / "wuyicun").rglob("*.py") if path not in allowed]
    assert not [path for path in others if asked.search(path.read_text(encoding="utf-8"))]
