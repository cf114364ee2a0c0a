"""What the commands say while they work. Progress goes to the error stream, so that results can be piped."""

import os
import sys

from wuyicun.kernel.failure import Failure


def say(line: str) -> None:
    """Say what is being done now."""
    print(f"· {line}", file=sys.stderr, flush=True)


def complain(failure: Failure) -> None:
    """Say what stands in the way, in Chinese and in English."""
    print(f"✗ {failure.chinese}\n✗ {failure.english}", file=sys.stderr, flush=True)


def tell(text: str) -> None:
    """Print what was asked for; a reader that has gone (`| head`) has seen enough."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def speak_utf8() -> None:
    """Never fail on a terminal that cannot show Chinese: it shows question marks instead."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
