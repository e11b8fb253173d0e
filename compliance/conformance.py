"""The conformance pack of AWS Config: what the controls detect, for one environment.

Nothing in this project deploys it yet. It is written beside the report, for
`aws configservice put-conformance-pack` or AWS::Config::ConformancePack.
"""

import json
from collections.abc import Iterable, Iterator, Mapping

from compliance import controls
from compliance.defaults import tags
from compliance.settings import Settings

FILE = "conformance-pack.yaml"
LIMIT = 51_200
"""Bytes: TemplateBody of PutConformancePack, as botocore's model of AWS Config has it."""
MOST_RULES = 130
"""Rules of one pack: https://docs.aws.amazon.com/config/latest/developerguide/configlimits.html"""

PARAMETERS = {
    "MaxAccessKeyAge": "90",
    "MaxCredentialUsageAge": "90",
    "MinLogRetentionDays": "365",
}
"""What an operator may want to set otherwise, with the default; 365 days are AWS Config's own."""
REFERENCES = {
    "ACCESS_KEYS_ROTATED": {"maxAccessKeyAge": "MaxAccessKeyAge"},
    "IAM_USER_UNUSED_CREDENTIALS_CHECK": {"maxCredentialUsageAge": "MaxCredentialUsageAge"},
    "CW_LOGGROUP_RETENTION_PERIOD_CHECK": {"MinRetentionTime": "MinLogRetentionDays"},
}
VALUES = {
    "CLOUDWATCH_ALARM_ACTION_CHECK": {
        "alarmActionRequired": "true",
        "insufficientDataActionRequired": "false",
        "okActionRequired": "false",
    },
}
TAGS_RULE = "REQUIRED_TAGS"
KEY = ("Key", "Value")


def identifiers() -> list[str]:
    """Return the managed rules that the controls name, each once, in a stable order."""
    return sorted({rule for control in controls.load() for rule in control.detect})


def files(settings: Settings) -> dict[str, bytes]:
    """Return the pack of an environment as a file. Raises FrameworkError as controls.load does."""
    return {FILE: template(settings).encode()}


def template(settings: Settings) -> str:
    """Return the pack of an environment as YAML."""
    served = _served()
    lines = [
        f"# AWS Config conformance pack of the environment {settings.name}: what the controls",
        "# detect once deployed. Generated; the table is compliance/controls.",
        "Parameters:",
    ]
    for name, default in PARAMETERS.items():
        lines += [f"  {name}:", "    Type: String", f"    Default: {_quoted(default)}"]
    lines.append("Resources:")
    for identifier in identifiers():
        lines += _rule(identifier, served[identifier], settings)
    return "\n".join(lines) + "\n"


def _served() -> dict[str, list[str]]:
    served: dict[str, list[str]] = {}
    for control in controls.load():
        for rule in control.detect:
            served.setdefault(rule, []).append(control.id)
    return served


def _rule(identifier: str, served: Iterable[str], settings: Settings) -> Iterator[str]:
    yield f"  {''.join(part.capitalize() for part in identifier.split('_'))}:"
    yield "    Type: AWS::Config::ConfigRule"
    yield "    Properties:"
    yield f"      ConfigRuleName: {identifier.lower().replace('_', '-')}"
    yield f"      Description: {_quoted('Serves ' + ', '.join(served))}"
    if inputs := _inputs(identifier, settings):
        yield "      InputParameters:"
        yield from (f"        {name}: {value}" for name, value in inputs.items())
    yield "      Source:"
    yield "        Owner: AWS"
    yield f"        SourceIdentifier: {identifier}"


def _inputs(identifier: str, settings: Settings) -> Mapping[str, str]:
    given = VALUES.get(identifier, {})
    if identifier == TAGS_RULE:
        pairs = enumerate(tags(settings).items(), 1)
        given = {
            f"tag{at}{part}": text
            for at, pair in pairs
            for part, text in zip(KEY, pair, strict=True)
        }
    return {
        **{name: _quoted(value) for name, value in given.items()},
        **{name: f"{{ Ref: {to} }}" for name, to in REFERENCES.get(identifier, {}).items()},
    }


def _quoted(text: str) -> str:
    """Return a text as JSON writes it, which YAML reads the same."""
    return json.dumps(text)
