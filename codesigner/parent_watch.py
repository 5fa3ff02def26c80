"""Start a program so that it does not outlive the supervisor, and never as root where it refuses.

Run: python -I -S lifeline.py <stop signal> <user or -> <pass folders: 0 or 1> <program> [args]

This file is run by path, before the program takes its place: it imports the standard library
only, and little of that. On systems other than Linux it only changes the user.
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
    """Change to a user for good.

    Args:
        user: its name.
        pass_folders: keep one capability of root, to get past the permissions of folders (a
            checkout below /root, say), and no other.
    Raises:
        OSError: this is not root, or the system forbids it.
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
    """Have the kernel send this process a signal when its parent is gone."""
    libc = ctypes.CDLL(None, use_errno=True)
    _checked(libc.prctl(_PR_SET_PDEATHSIG, int(stop), 0, 0, 0), "prctl")
    if os.getppid() != parent:
        raise SystemExit(f"the parent {parent} was gone before the start")


def _checked(result: int, call: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")


def main(arguments: list[str]) -> None:
    """Prepare this process as the arguments say, then become the program."""
    stop, user, pass_folders, *program = arguments
    parent = os.getppid()
    if user != "-":
        become(user, pass_folders=bool(int(pass_folders)) and sys.platform == "linux")
    if sys.platform == "linux":
        follow_parent(signal.Signals[stop], parent)
    os.execvp(program[0], program)


if __name__ == "__main__":
    main(sys.argv[1:])
