"""Runs as a process of its own: `{"files": {name: text}, "fonts": [folder], "format": "pdf"}` as JSON in, the PDF of
`main.typ` out, or its only page as a PNG.

typst keeps what it laid out for the next ten documents, 220 MB for each long ledger, and offers no way to forget it:
a web server that calls it grows by gigabytes. A process that ends does forget. Imports nothing of this package, so that
it starts in a tenth of a second.
"""

import json
import sys

import typst

NO_FONT, NOT_TYPESET = 3, 4
"""Exit codes."""

PIXELS_PER_INCH = 200
_MEMORY_BYTES = 3 * 2**30
_FAMILIES = {"Noto Sans SC", "Noto Sans CJK SC"}


def main() -> int:
    _limit_memory()
    order = json.load(sys.stdin.buffer)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=order["fonts"])
    if not _FAMILIES.intersection(fonts.families()):
        return NO_FONT
    files = {name: text.encode() for name, text in order["files"].items()}
    try:
        document: bytes = typst.compile(  # type: ignore[call-overload]  # its stub lacks files in memory
            files,
            format=order["format"],
            font_paths=fonts,
            ignore_system_fonts=True,
            ppi=PIXELS_PER_INCH,
            pdf_tags=False,
        )
    except typst.TypstError as error:
        sys.stderr.write(str(error))
        return NOT_TYPESET
    sys.stdout.buffer.write(document)
    return 0


def _limit_memory() -> None:
    """A document that asks for too much ends alone, instead of the server. Windows has no such limit."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


if __name__ == "__main__":
    sys.exit(main())
