"""Run a program that ends with its parent process, optionally as another user.

Run: python -I -S parent_watch.py <stop signal> <user or -> <pass folders: 0 or 1> <program> [args]

This file is run by its path and then replaced by the program with exec, so it imports only a little
of the standard library. On systems other than Linux it only changes the user.
"""

import ctypes
import os
import signal
import struct
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAP_DAC_OVERRIDE = 1
_CAPABILITY_VERSION_3 = 0x20080522


def become(user: str, *, pass_folders: bool) -> None:
    """Drop privileges permanently to a user.

    Args:
        user: name of the user.
        pass_folders: keep only the capability CAP_DAC_OVERRIDE, to traverse folders without
            permission, such as a checkout in /root.

    Raises:
        OSError: the process is not root, or the system forbids it.
    """
    import pwd

    entry = pwd.getpwnam(user)
    libc = ctypes.CDLL(None, use_errno=True)
    if pass_folders:
        _checked(libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0), "prctl")
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    if pass_folders:
        bits = 1 << _CAP_DAC_OVERRIDE
        header = ctypes.create_string_buffer(struct.pack("Ii", _CAPABILITY_VERSION_3, 0))
        sets = ctypes.create_string_buffer(struct.pack("6I", bits, bits, bits, 0, 0, 0))
        _checked(libc.capset(header, sets), "capset")
        raised = libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0)
        _checked(raised, "prctl")


def follow_parent(stop: signal.Signals, parent: int) -> None:
    """Make the kernel send this process a signal when its parent dies."""
    libc = ctypes.CDLL(None, use_errno=True)
    _checked(libc.prctl(_PR_SET_PDEATHSIG, int(stop), 0, 0, 0), "prctl")
    if os.getppid() != parent:
        raise SystemExit(f"the parent process {parent} died before the start")


def _checked(result: int, call: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")


def main(arguments: list[str]) -> None:
    """Apply the options of the arguments, then exec the program."""
    stop, user, pass_folders, *program = arguments
    parent = os.getppid()
    if user != "-":
        become(user, pass_folders=bool(int(pass_folders)) and sys.platform == "linux")
    if sys.platform == "linux":
        follow_parent(signal.Signals[stop], parent)
    os.execvp(program[0], program)


if __name__ == "__main__":
    main(sys.argv[1:])
