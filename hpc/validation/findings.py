"""What a rule or a validator says of a configuration."""

from dataclasses import dataclass
from enum import StrEnum

KeyPath = tuple[str | int, ...]


class Level(StrEnum):
    """Only ERROR and UNKNOWN refuse a configuration: what nobody could judge is not good."""

    ERROR = "ERROR"
    UNKNOWN = "UNKNOWN"
    WARNING = "WARNING"
    INFO = "INFO"


@dataclass(frozen=True)
class Finding:
    """One mistake, by the keys that lead to it in the ParallelCluster configuration."""

    path: KeyPath
    message: str
    source: str
    """Rule of ours, or the vendor's validator with a leading `pcluster:`."""
    level: Level = Level.ERROR

    @property
    def refuses(self) -> bool:
        """Whether a configuration with this finding must not be deployed."""
        return self.level in (Level.ERROR, Level.UNKNOWN)


def shown(path: KeyPath) -> str:
    """Write a path as `Scheduling.SlurmQueues[0].Name`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
