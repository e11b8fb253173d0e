"""What was made in the local AWS, and how."""

import json
import threading
import time
from pathlib import Path
from typing import Any


class Journal:
    """What was created, changed and deleted, and by whom: ministack (native) or a record only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._resources: dict[tuple[str, str], dict[str, Any]] = {}

    def write(self, *, action: str, how: str, resource_type: str, physical_id: str) -> None:
        """Add a line and keep the present state in mind."""
        entry = {"action": action, "how": how, "type": resource_type, "id": physical_id}
        with self._lock:
            if action == "delete":
                self._resources.pop((resource_type, physical_id), None)
            else:
                self._resources[resource_type, physical_id] = entry
            with self._path.open("a") as file:
                file.write(json.dumps({"time": round(time.time(), 3), **entry}) + "\n")

    def counts(self) -> dict[str, dict[str, int]]:
        """Return how many resources of each type exist, by how they were made."""
        counted: dict[str, dict[str, int]] = {"native": {}, "recorded": {}}
        with self._lock:
            for (resource_type, _), entry in self._resources.items():
                of_kind = counted[entry["how"]]
                of_kind[resource_type] = of_kind.get(resource_type, 0) + 1
        return counted
