"""Actor of the command line, for the audit log: the user and the host that run it."""

import os
import pwd
import socket

from shared.audit.events import Actor

__all__ = ["host_actor"]


def host_actor() -> Actor:
    """Return the actor: the user of the process's id, not of its environment."""
    try:
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may run under an id without a name
        user = str(os.getuid())
    return Actor(name=f"cli:{user}", kind="command_line", address=socket.gethostname())
