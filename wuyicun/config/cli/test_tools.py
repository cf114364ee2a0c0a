"""What the browser tests need besides packages: a Chromium and a Chinese font. Found, else installed, else said."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from wuyicun.config.cli.console import say
from wuyicun.kernel.failure import Failure

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ON_MACOS = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
WHERE_PLAYWRIGHT_PUTS_IT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def chromium() -> str:
    """Return the path of a Chromium that starts, installing one when there is none. Raises Failure."""
    found = _found_chromium()
    if not found and _apt("chromium"):
        found = _found_chromium()
    if not found and _playwright():
        found = _found_chromium()
    if not found:
        raise Failure(
            "chromium_missing",
            "浏览器测试需要 Chromium:请安装它,或用 WUYI_CHROMIUM 指出它的路径。",
            "The browser tests need a Chromium: install one, or say with WUYI_CHROMIUM where it is.",
        )
    return found


def chinese_font() -> None:
    """Have a font that shows Chinese. Raises Failure."""
    if sys.platform == "darwin" or _has_chinese_font():
        return
    if not (_apt("fontconfig", "fonts-noto-cjk") and _has_chinese_font()):
        raise Failure(
            "font_missing",
            "浏览器测试需要中文字体:请安装,例如 fonts-noto-cjk。",
            "The browser tests need a Chinese font: install one, for example fonts-noto-cjk.",
        )


def _found_chromium() -> str | None:
    candidates = [os.environ.get("WUYI_CHROMIUM"), *map(shutil.which, CHROMIUM_NAMES), CHROMIUM_ON_MACOS]
    placed = subprocess.run(
        [sys.executable, "-c", WHERE_PLAYWRIGHT_PUTS_IT], capture_output=True, text=True, check=False
    )
    candidates.append(placed.stdout.strip())
    return next((path for path in candidates if path and Path(path).exists() and _starts(path)), None)


def _starts(path: str) -> bool:
    """Some systems place a script there that only says how to install it."""
    return _runs([path, "--version"])


def _has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False)
    return bool(listed.stdout.strip())


def _apt(*packages: str) -> bool:
    """Install with the system's package manager where that is apt and we are root."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say(f"安装 {' '.join(packages)} / Installing {' '.join(packages)}")
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    return _runs(install) or (_runs(["apt-get", "update"]) and _runs(install))


def _playwright() -> bool:
    say("下载 Playwright 的 Chromium / Downloading Playwright's Chromium")
    dependencies = ["--with-deps"] if os.geteuid() == 0 else []
    return _runs([sys.executable, "-m", "playwright", "install", *dependencies, "chromium"])


def _runs(command: Sequence[str]) -> bool:
    variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=variables, check=False)
    return done.returncode == 0
