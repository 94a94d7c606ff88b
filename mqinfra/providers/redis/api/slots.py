"""Slots of a Cluster: which one a key lies in (Redis Cluster specification, "Hash tags")."""

from binascii import crc_hqx

SLOTS = 16_384


def hash_tag(key: str) -> str:
    """The part of a key that decides its slot: what is between its first braces, or all of it."""
    start = key.find("{")
    end = key.find("}", start + 1) if start >= 0 else -1
    return key[start + 1 : end] if end > start + 1 else key


def slot_of(key: str) -> int:
    """The slot of a key: CRC16 of its hash tag (src/cluster.c `keyHashSlot`)."""
    return crc_hqx(hash_tag(key).encode("utf-8", "surrogateescape"), 0) % SLOTS
