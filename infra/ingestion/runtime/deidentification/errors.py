"""What can be wrong: a record (`Rejected`) or the way the engine was set up (`PolicyError`)."""

from enum import StrEnum


class Reason(StrEnum):
    """Stable codes of refusal; they name object keys and events, so they never change."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    INVALID_GZIP = "invalid_gzip"
    INVALID_ENCODING = "invalid_encoding"
    INVALID_JSON = "invalid_json"
    NOT_FHIR = "not_fhir"
    UNKNOWN_RESOURCE_TYPE = "unknown_resource_type"
    INVALID_HL7 = "invalid_hl7"
    MISSING_PATIENT = "missing_patient"
    INVALID_CSV = "invalid_csv"
    UNKNOWN_COLUMN = "unknown_column"


class Rejected(ValueError):  # noqa: N818  the record is rejected; nothing is broken
    """A record that cannot be de-identified and belongs in quarantine.

    `detail` says where and what in words of ours: it never repeats anything from the record.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class PolicyError(ValueError):
    """A profile, column policy or key that cannot be used; the message is one sentence."""
