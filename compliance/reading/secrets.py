"""What looks like a secret that somebody wrote down."""

import re
from typing import Any

_NAME = re.compile(
    r"(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)(_VALUE)?$", re.IGNORECASE
)
_VALUE = re.compile(
    r"AKIA[0-9A-Z]{16}|-----BEGIN|\{\{resolve:(secretsmanager|ssm-secure):", re.IGNORECASE
)


def is_secret(name: str, value: Any) -> bool:
    """Say whether a named value is a secret in plain text.

    A reference to a secret is none; one that CloudFormation resolves into the value is.
    """
    if not isinstance(value, str):
        return False
    literal = bool(value) and "${" not in value
    return bool(_VALUE.search(value) or (literal and _NAME.search(name)))
