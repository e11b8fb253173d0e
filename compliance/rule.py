"""A rule of our own: a question to one resource of a synthesised template."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from compliance.resources import Resource, Resources
from compliance.settings import Settings
from compliance.text import Text


class Topic(StrEnum):
    """What a rule is about, in the words that the clauses of the frameworks are sorted by."""

    ACCESS_CONTROL = "access-control"
    ASSET_INVENTORY = "asset-inventory"
    AUDIT_LOGGING = "audit-logging"
    AUTHENTICATION = "authentication"
    AVAILABILITY = "availability"
    BACKUP = "backup"
    CHANGE_MANAGEMENT = "change-management"
    DATA_CLASSIFICATION = "data-classification"
    ENCRYPTION_AT_REST = "encryption-at-rest"
    ENCRYPTION_IN_TRANSIT = "encryption-in-transit"
    INTEGRITY = "integrity"
    KEY_MANAGEMENT = "key-management"
    LOG_RETENTION = "log-retention"
    MALWARE = "malware"
    MONITORING = "monitoring"
    NETWORK_EXPOSURE = "network-exposure"
    NETWORK_SEGMENTATION = "network-segmentation"
    PATCHING = "patching"
    SECRETS = "secrets"
    SUPPLIER = "supplier"
    VULNERABILITY = "vulnerability"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a resource; `finding` tells several problems of one rule apart."""

    message: str
    finding: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may look at besides its resource."""

    resources: Resources
    settings: Settings

    @property
    def production(self) -> bool:
        """Whether the environment is for real patient data."""
        return self.settings.stage == "production"


Check = Callable[[Resource, Context], Iterable[Problem]]
Applies = Callable[[Resource, Context], bool]


def always(_: Resource, __: Context) -> bool:
    """Say that a rule is about every resource of its types."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A requirement on resources of some types.

    `check` yields the problems of one resource: none means pass. It raises IndeterminateError
    where a value that nobody can resolve decides. A resource of the types that the rule is not
    about (`applies`) gets no verdict: what was not asked is no evidence. `title` says what must
    be, `remedy` how.
    """

    id: str
    title: Text
    remedy: Text
    topic: Topic
    types: tuple[str, ...]
    check: Check
    applies: Applies = always
