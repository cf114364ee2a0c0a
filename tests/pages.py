"""What a page says."""

from __future__ import annotations

import re

from django.http import HttpResponse


def words(response: HttpResponse) -> str:
    """What a page says, without its tags, white space as one blank."""
    text = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(text.split())
