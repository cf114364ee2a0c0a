"""Whether a port can be served on, asked before minutes are spent on the way there. Standard library only."""

import errno
import socket

from wuyicun.kernel.failure import Failure


def check(host: str, port: int) -> None:
    """Raise Failure when nothing can listen there."""
    try:
        _bind(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Failure(
                "port_busy",
                f"端口 {port} 已被占用:请先关闭占用它的程序,或用 WUYI_PORT 换一个端口。",
                f"Port {port} is in use: end the program that uses it, or choose another with WUYI_PORT.",
            ) from None
        raise Failure(
            "address_unusable",
            f"不能在 {host}:{port} 上提供服务:{error.strerror}",
            f"Cannot serve on {host}:{port}: {error.strerror}",
        ) from None


def free(host: str) -> int:
    """Return a port that nobody uses at this moment."""
    return _bind(host, 0)


def _bind(host: str, port: int) -> int:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
        return int(probe.getsockname()[1])
