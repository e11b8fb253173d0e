"""Events on the room's own bus: keys, counts and reason codes."""

import json
from collections.abc import Mapping
from typing import Any

SOURCE = "iryo.ingestion"
DEIDENTIFIED = "RecordsDeidentified"
QUARANTINED = "RecordQuarantined"
ENTRIES = 10
"""PutEvents takes at most ten entries a call."""
ATTEMPTS = 4


class EventsNotSentError(RuntimeError):
    """The bus refused entries again and again; worth another try later."""


class Events:
    """Collects events; `flush` sends them. Delivery is at least once."""

    def __init__(self, client: Any, *, bus: str) -> None:
        self._client = client
        self._bus = bus
        self._entries: list[dict[str, str]] = []

    def add(self, detail_type: str, detail: Mapping[str, Any]) -> None:
        """Put an event into the next flush."""
        self._entries.append(
            {
                "Source": SOURCE,
                "DetailType": detail_type,
                "Detail": json.dumps(detail, sort_keys=True),
                "EventBusName": self._bus,
            }
        )

    def flush(self) -> None:
        """Send what was collected.

        Raises EventsNotSentError when entries were refused each time, and what botocore raises.
        """
        while self._entries:
            entries, self._entries = self._entries[:ENTRIES], self._entries[ENTRIES:]
            self._send(entries)

    def clear(self) -> None:
        """Forget what was not sent: the record it belongs to is tried again as a whole."""
        self._entries = []

    def _send(self, entries: list[dict[str, str]]) -> None:
        for _ in range(ATTEMPTS):
            answer = self._client.put_events(Entries=entries)
            if not answer.get("FailedEntryCount"):
                return
            results = zip(entries, answer["Entries"], strict=True)
            entries = [entry for entry, result in results if "ErrorCode" in result]
        raise EventsNotSentError(f"{len(entries)} events were refused {ATTEMPTS} times")
