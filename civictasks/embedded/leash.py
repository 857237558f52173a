"""Become another program that ends when its parent does, even if the parent is killed with SIGKILL.

Run as ``python -IS leash.py PARENT SIGNAL PROGRAM…``. The kernel's promise survives ``exec``, so that any program can
be held; where there is no such promise (not Linux) the program simply runs.
"""

import os
import sys

PR_SET_PDEATHSIG = 1


def hold(parent: int, signal: int) -> None:
    """Ask the kernel to send ``signal`` to this process when the thread that started it ends."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal)
        if os.getppid() != parent:  # it ended before the kernel knew
            sys.exit(1)


if __name__ == "__main__":
    hold(int(sys.argv[1]), int(sys.argv[2]))
    os.execv(sys.argv[3], sys.argv[3:])
