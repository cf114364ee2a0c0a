"""The devices that may send, each with a token of its own for one account."""

from __future__ import annotations

from django.db import models

from wuyicun.kernel.ids import uuid7


class DeviceToken(models.Model):
    """A token that a device got for an account; kept as a digest. It ends, records sent with it never get lost.

    `villages` is what the account had when the token was made: what it sends for them later is kept, at least in the
    tray.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account_id = models.UUIDField()
    device = models.UUIDField()
    digest = models.BinaryField(unique=True)
    villages = models.JSONField(default=list)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
