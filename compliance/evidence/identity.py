"""Ids that are the same whenever the same thing is reported."""

from uuid import NAMESPACE_URL, uuid5

NAMESPACE = uuid5(NAMESPACE_URL, "https://iryo.invalid/compliance/evidence")


def uuid_of(*parts: str) -> str:
    """Return a UUID (version 5, RFC 9562) that follows from what the parts name."""
    return str(uuid5(NAMESPACE, "\x1f".join(parts)))
