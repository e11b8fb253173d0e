"""De-identification of FHIR, HL7 v2 and CSV by profile; plain Python that knows nothing of AWS."""

from .columns import ColumnPolicy
from .engine import Deidentifier
from .errors import PolicyError, Reason, Rejected
from .policy import load_policy
from .records import Deidentified, Format, gunzip, validate

__all__ = [
    "ColumnPolicy",
    "Deidentified",
    "Deidentifier",
    "Format",
    "PolicyError",
    "Reason",
    "Rejected",
    "gunzip",
    "load_policy",
    "validate",
]
