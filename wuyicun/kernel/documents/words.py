"""The words of the typst templates go through gettext like all others.

A template writes `t("第 {page} 页", page: 3)`. Before it is compiled, all such messages are looked up in the
catalogue of the language and handed over as a dictionary, so that templates stay readable and callers pass data only.
"""

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from django.utils import translation

_CALL = re.compile(r'(?<![\w.-])t\(\s*"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


def messages(source: str) -> Iterator[tuple[int, str]]:
    """Each message of a template's source with the number of its line, in order; may repeat."""
    for found in _CALL.finditer(source):
        line = source.count("\n", 0, found.start()) + 1
        yield line, _ESCAPE.sub(lambda escape: _ESCAPED.get(escape[1], escape[1]), found[1])


def translated(sources: Sequence[str], language: str) -> dict[str, str]:
    """The words of these template sources in one language, by message."""
    with translation.override(language):
        return {message: translation.gettext(message) for source in sources for _, message in messages(source)}


def extract(file: BinaryIO, *_configuration: object, **_options: object) -> Iterator[tuple[int, str, str, list[str]]]:
    """Babel's extraction method for `*.typ` files: `typst = wuyicun.kernel.documents.words:extract`."""
    for line, message in messages(file.read().decode()):
        yield line, "gettext", message, []
