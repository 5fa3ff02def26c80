"""Identifiers that sort by creation time."""

import os
import time
import uuid

__all__ = ["new_id"]


def new_id() -> str:
    """Return a new UUID of version 7 (RFC 9562): 48 bits of Unix time in ms, 74 random bits."""
    stamp_ms = time.time_ns() // 1_000_000
    number = (stamp_ms << 80) | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) | (0x7 << 76)
    number = number & ~(0x3 << 62) | (0x2 << 62)
    return str(uuid.UUID(int=number))
