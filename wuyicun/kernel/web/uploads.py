"""Files that a form sends: how large they may be, and what is said when there is none."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from wuyicun.kernel.errors import Refusal

MOST_BYTES = 100 * 1024 * 1024
_FORM_BYTES = 64 * 1024


class TooLarge(Refusal):
    """More bytes than are taken in; said before the first is read."""

    code = "file_too_large"
    status = 413
    words = _("文件超过 100 MB，没有上传。请按片区分成几个文件，或删去空行空列和图片。")


class NoFile(Refusal):
    """The form came without a file."""

    code = "no_file"
    status = 400
    words = _("请先选一个文件。")


def refuse_unread(request: HttpRequest) -> None:
    """Raises TooLarge by what the request says of itself: before its body, and the token in it, is looked at."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES + _FORM_BYTES:
        raise TooLarge


def given(request: HttpRequest) -> UploadedFile[bytes]:
    """The file that the form sent. Raises NoFile."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise NoFile
    return file
