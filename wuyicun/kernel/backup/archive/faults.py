"""What can be wrong with an archive, its passphrase or its place; one line each."""

from __future__ import annotations

import errno
from pathlib import Path

from wuyicun.kernel.failure import Failure


def passphrase_wrong() -> Failure:
    return Failure("backup_passphrase_wrong", "备份口令不对。", "The backup passphrase is wrong.")


def passphrase_short(least: int) -> Failure:
    return Failure(
        "backup_passphrase_short",
        f"备份口令至少要 {least} 个字符。",
        f"A backup passphrase has at least {least} characters.",
    )


def passphrase_missing() -> Failure:
    return Failure(
        "backup_passphrase_missing",
        "还没有备份口令:请设置 WUYI_BACKUP_PASSPHRASE,或在终端里运行。",
        "There is no backup passphrase: set WUYI_BACKUP_PASSPHRASE, or run it in a terminal.",
    )


def no_archive(path: Path) -> Failure:
    return Failure("backup_no_archive", f"不是备份文件:{path}", f"This is not a backup: {path}")


def ends_too_early(path: Path) -> Failure:
    return _broken(path, "不完整", "it is not complete")


def broken_header(path: Path) -> Failure:
    return _broken(path, "文件头", "its header")


def broken_checksum(path: Path) -> Failure:
    return _broken(path, "校验和不符", "its checksum differs")


def broken_part(path: Path, number: int) -> Failure:
    return _broken(path, f"第 {number} 段", f"part {number}")


def broken_content(path: Path) -> Failure:
    return _broken(path, "内容", "its content")


def _broken(path: Path, chinese: str, english: str) -> Failure:
    return Failure("backup_broken", f"备份文件已损坏({chinese}):{path}", f"The backup is damaged ({english}): {path}")


def key_file_broken(path: Path) -> Failure:
    return Failure("backup_key_broken", f"文件已损坏:{path}", f"The file is damaged: {path}")


def nothing_there() -> Failure:
    return Failure("backup_nothing", "数据库里还没有内容。", "There is nothing in the database yet.")


def newer(path: Path, program: str) -> Failure:
    return Failure(
        "backup_newer",
        f"备份来自更新的版本({program}),请先升级程序:{path}",
        f"The backup was made by a newer release ({program}): update the program first: {path}",
    )


def there_already(path: Path) -> Failure:
    return Failure("backup_there_already", f"文件已存在:{path}", f"The file is there already: {path}")


def program_failed(name: str, line: str) -> Failure:
    return Failure("backup_program_failed", f"{name} 失败:{line}", f"{name} failed: {line}")


def program_missing(name: str, version: int) -> Failure:
    return Failure(
        "backup_program_missing",
        f"数据库是 PostgreSQL {version},找不到同样新的 {name}:请安装它的客户端程序。",
        f"The database is PostgreSQL {version} and no {name} as new was found: install its client programs.",
    )


def counts_differ(table: str, expected: int, found: int) -> Failure:
    return Failure(
        "backup_counts_differ",
        f"核对不一致:{table} 应有 {expected} 行,读到 {found} 行。",
        f"The check found a difference: {table} should have {expected} rows and has {found}.",
    )


def from_system(error: OSError, path: Path) -> Failure:
    """What the system refused, in words."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Failure("disk_full", f"磁盘空间不足:{path.parent}", f"No space left on the disk: {path.parent}")
    reason = error.strerror or str(error)
    return Failure("backup_unusable", f"无法读写 {path}:{reason}", f"Cannot read or write {path}: {reason}")


def disk_too_small(folder: Path, needed: int, free: int) -> Failure:
    have, need = f"{free / 1e9:.1f} GB", f"{needed / 1e9:.1f} GB"
    return Failure(
        "disk_full",
        f"磁盘空间不足:{folder} 剩余 {have},备份约需 {need}。",
        f"Not enough space: {folder} has {have} free, the backup needs about {need}.",
    )


def target_not_empty(where: str, chinese: str, english: str) -> Failure:
    return Failure(
        "restore_target_not_empty",
        f"目标不是空的({where}:{chinese})。确实要替换,请加 --replace。",
        f"The target is not empty ({where}: {english}). To replace what is there, add --replace.",
    )


def target_in_use(where: str) -> Failure:
    return Failure(
        "restore_target_in_use",
        f"系统正在使用 {where}:请先停止 ./wuyi serve。",
        f"{where} is in use: stop ./wuyi serve first.",
    )
