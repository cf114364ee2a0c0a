"""Where a test run keeps its cluster and its secrets, and what it tells the settings about it."""

import contextlib
import os
from collections.abc import MutableMapping
from pathlib import Path

from wuyicun.config.cli import scratch

OTHER_SETTINGS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SEALER_URL")
KEPT_SETTINGS = ("WUYI_CHROMIUM", "WUYI_TEST_DATA")

_held = contextlib.ExitStack()


def prepare(variables: MutableMapping[str, str]) -> None:
    """Choose the data folder once for this run and for the workers that it starts; clear or set all other settings."""
    if "WUYI_TEST_RUN" not in variables:
        chosen = variables.get("WUYI_TEST_DATA")
        for name in list(variables):
            if name in OTHER_SETTINGS or (name.startswith("WUYI_") and name not in KEPT_SETTINGS):
                del variables[name]
        data = Path(chosen).absolute() if chosen else _held.enter_context(scratch.folder())
        variables["WUYI_DATA"] = str(data)
        variables["WUYI_SECOND_FACTOR"] = "optional"  # tests of it switch it on
        variables["WUYI_TEST_RUN"] = str(os.getpid())
    variables["DJANGO_SETTINGS_MODULE"] = "wuyicun.config.settings"


def path(variables: MutableMapping[str, str]) -> Path:
    """The chosen folder."""
    return Path(variables["WUYI_DATA"])


def remove() -> None:
    """Remove the folder if this process made it."""
    _held.close()
