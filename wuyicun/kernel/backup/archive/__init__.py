"""The archive of a backup, without Django: its keys, its format, making, checking and loading it (docs/backup.md)."""
