"""Sets up what a fresh clone lacks: the virtual environment, the front end, the texts. Standard library only.

A stamp beside each result names what it was made from: what has not changed since is not made again.
"""

import contextlib
import errno
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from wuyicun.config.cli.console import say
from wuyicun.kernel.failure import Failure

VENV = ".venv"
STAMP = ".wuyi-stamp"
SPACE_NEEDED_BYTES = 2 * 10**9
TICK_SECONDS = 10


def prepare(root: Path, *, tests: bool, pages: bool) -> None:
    """Bring the clone in `root` up to what its files ask for. Raises Failure.

    tests: with what the tests need; pages: with the built front end.
    """
    with _alone(root):
        venv = root / VENV
        _install(root, venv, "base")
        if tests:
            _install(root, venv, "test")
        if pages:
            _front_end(root, venv, tests=tests)
        _texts(root, venv)


def explain_system(error: OSError) -> Failure:
    """Turn an error of the operating system into one clear line."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _disk_full()
    place = f"{error.filename}: " if error.filename else ""
    return Failure("system", f"系统错误:{place}{error.strerror}", f"System error: {place}{error.strerror}")


def _install(root: Path, venv: Path, name: str) -> None:
    """Install the locked packages `requirements/<name>.txt` into the virtual environment."""
    lock = root / "requirements" / f"{name}.txt"
    digest = _digest([lock], f"{root} {sys.version}")
    stamp = venv / f"{STAMP}-{name}"
    if _stamped(stamp, digest):
        return
    if name == "base":
        _make_venv(root, venv)
    total = len(re.findall(r"^\S+==", lock.read_text(encoding="utf-8"), re.MULTILINE))
    say(f"安装 Python 软件包(约 {total} 个)/ Installing Python packages (about {total})")
    command = [
        *(str(venv / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"),
        *("--progress-bar", "off", "--require-hashes", "--no-deps", "--no-compile"),
        *("--requirement", str(lock)),
    ]
    _work(command, _pip_listener(total), venv / "install.log", {"PIP_REQUIRE_VIRTUALENV": "1"})
    stamp.write_text(digest, encoding="utf-8")


def _pip_listener(total: int) -> Callable[[str], str | None]:
    """Return what makes of pip's lines a count, the package that is being loaded, and its size."""
    counted = 0

    def heard(line: str) -> str | None:
        nonlocal counted
        found = re.match(r"\s*(Collecting|Downloading|Using cached|Installing)\s+(\S+?)[-=\s](?:.*(\(.*\)))?", line)
        if not found or found[1] == "Collecting":
            counted += found is not None
            return None
        if found[1] == "Installing":
            return "  写入磁盘 / Writing to disk"
        return f"  {min(counted, total)}/{total} {found[2].rsplit('/', 1)[-1]} {found[3] or ''}".rstrip()

    return heard


def _make_venv(root: Path, venv: Path) -> None:
    """Make the virtual environment anew; one that is there was made by another Python or is not whole."""
    if importlib.util.find_spec("ensurepip") is None:
        raise _ensurepip_missing()
    if shutil.disk_usage(root).free < SPACE_NEEDED_BYTES:
        raise _disk_full()
    say("建立虚拟环境 / Making the virtual environment")
    if venv.exists():
        shutil.rmtree(venv)
    _work([sys.executable, "-m", "venv", str(venv)], _silent, root / ".venv.log", {})
    (root / ".venv.log").unlink()
    (packages,) = (venv / "lib").glob("python*/site-packages")
    (packages / "wuyicun.pth").write_text(f"{root}\n", encoding="utf-8")  # so that `-m wuyicun` works from any folder


def _front_end(root: Path, venv: Path, *, tests: bool) -> None:
    """Install the front end's packages and build it; the tests need the packages even when it is built."""
    folder, built = root / "frontend", root / "wuyicun" / "static" / "built"
    sources = _digest(_files(folder), "")
    packages = _digest([folder / "package-lock.json", folder / "package.json"], str(root))
    fresh = _stamped(built / STAMP, sources)
    modules = folder / "node_modules"
    if not _stamped(modules / STAMP, packages) and (tests or not fresh):
        say("安装网页软件包 / Installing the front end's packages")
        _npm(venv, folder, "ci", "--no-audit", "--no-fund", "--loglevel=error")
        (modules / STAMP).write_text(packages, encoding="utf-8")
    if not fresh:
        say("生成网页文件 / Building the front end")
        _npm(venv, folder, "run", "build")
        (built / STAMP).write_text(sources, encoding="utf-8")


def _npm(venv: Path, folder: Path, *arguments: str) -> None:
    path = os.pathsep.join([str(venv / "bin"), os.environ.get("PATH", os.defpath)])
    _work([str(venv / "bin" / "npm"), *arguments], _silent, venv / "npm.log", {"PATH": path, "NO_COLOR": "1"}, folder)


def _texts(root: Path, venv: Path) -> None:
    """Compile the translations that are newer than what was compiled from them."""
    for source in sorted((root / "wuyicun" / "locale").glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        command = [str(venv / "bin" / "pybabel"), "--quiet", "compile"]
        command += ["--input-file", str(source), "--output-file", str(compiled)]
        _work(command, _silent, venv / "texts.log", {})


def _work(
    command: Sequence[str],
    heard: Callable[[str], str | None],
    log: Path,
    variables: dict[str, str],
    folder: Path | None = None,
) -> None:
    """Run a program, say what `heard` makes of its lines, keep them all in `log`. Raises Failure when it fails."""
    lines: list[str] = []
    with (
        _ticking(),
        log.open("w", encoding="utf-8") as kept,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            cwd=folder,
            env={**os.environ, **variables},
        ) as process,
    ):
        for line in process.stdout or ():
            kept.write(line)
            lines.append(line)
            spoken = heard(line)
            if spoken:
                say(spoken)
    if process.returncode:
        raise _explain("".join(lines), log)


def _silent(line: str) -> None:
    """Nothing in this program's output is worth saying."""


@contextlib.contextmanager
def _ticking() -> Iterator[None]:
    """Show that a long step is still at work."""
    began, over = time.monotonic(), threading.Event()

    def tick() -> None:
        while not over.wait(TICK_SECONDS):
            say(f"  … {time.monotonic() - began:.0f} s")

    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _explain(output: str, log: Path) -> Failure:
    """Say in one line why a program failed, as far as its output tells."""
    if "ensurepip" in output:  # Debian's own: the module is there, what it installs is not
        return _ensurepip_missing()
    if re.search(r"No space left|ENOSPC|Errno 28", output):
        return _disk_full()
    if re.search(r"DO NOT MATCH THE HASHES|EINTEGRITY|hash mismatch", output, re.IGNORECASE):
        return Failure(
            "download_broken",
            f"下载的软件包与校验值不符,已丢弃:请重试;若仍如此,请换一个软件源。详见 {log}",
            f"A downloaded package does not match its hash and was dropped: try again, or another mirror. See {log}",
        )
    if re.search(
        r"ConnectionError|NewConnectionError|Max retries|timed out|ReadTimeout|ProtocolError|IncompleteRead|"
        r"No matching distribution|ENOTFOUND|ECONNRE|ETIMEDOUT|EAI_AGAIN|network|Could not fetch",
        output,
    ):
        return Failure(
            "download_failed",
            f"软件包下载失败:请检查网络或软件源(PIP_INDEX_URL、npm registry)后重试。详见 {log}",
            f"Packages could not be downloaded: check the network or the mirror (PIP_INDEX_URL, npm registry), "
            f"then try again. See {log}",
        )
    return Failure("setup_failed", f"准备工作失败,详见 {log}", f"Setting up failed: see {log}")


def _ensurepip_missing() -> Failure:
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    return Failure(
        "ensurepip_missing",
        f"这个 Python 没有 ensurepip,无法建立虚拟环境。Debian、Ubuntu 上请运行:apt install {package}",
        "This Python comes without ensurepip, so no virtual environment can be made. "
        f"On Debian and Ubuntu: apt install {package}",
    )


def _disk_full() -> Failure:
    needed = f"{SPACE_NEEDED_BYTES / 1e9:.0f} GB"
    return Failure(
        "disk_full",
        f"磁盘空间不足:首次启动需要 {needed}。",
        f"Not enough space on the disk: the first start needs {needed}.",
    )


def _stamped(stamp: Path, digest: str) -> bool:
    return stamp.exists() and stamp.read_text(encoding="utf-8") == digest


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "node_modules")
        yield from (Path(parent) / name for name in sorted(names))


def _digest(files: Iterator[Path] | Sequence[Path], more: str) -> str:
    digest = hashlib.sha256(more.encode())
    for file in files:
        digest.update(b"\0" + os.fsencode(file) + b"\0" + file.read_bytes())
    return digest.hexdigest()


@contextlib.contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Two starts of one clone set it up one after the other."""
    folder = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("等待另一个启动完成准备 / Waiting for another start to set up")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
