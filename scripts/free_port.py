"""Leaves with a sentence when the port is not free: python scripts/free_port.py 8000"""

import socket
import sys


def main(given):
    if not given.isdecimal() or not 1 <= int(given) <= 65535:
        sys.exit(f"PORT={given} không phải là cổng. Chọn một số từ 1024 đến 65535, ví dụ: make run PORT=8001")
    port = int(given)
    with socket.socket() as probe:
        # As the server does: a connection that has just ended does not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            sys.exit(f"Cổng {port} cần quyền quản trị. Chọn cổng khác: make run PORT=8001")
        except OSError:
            other = port + 1 if port < 65535 else 8001
            sys.exit(f"Cổng {port} đang có chương trình khác dùng. Chọn cổng khác: make run PORT={other}")


if __name__ == "__main__":
    main(sys.argv[1])
