"""Trails are encrypted, validated, complete and on."""

from collections.abc import Iterator

from compliance.keys import missing_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule

SWITCHES = {
    "EnableLogFileValidation": "nobody could prove that its files are as CloudTrail wrote them",
    "IsLogging": "it does not log",
    "IsMultiRegionTrail": "calls in other Regions go unseen",
    "IncludeGlobalServiceEvents": "calls of IAM and STS go unseen",
}
ON_BY_DEFAULT = ("IncludeGlobalServiceEvents",)


def _check(trail: Resource, context: Context) -> Iterator[Problem]:
    yield from missing_key(trail, context, "KMSKeyId")
    for switch, otherwise in SWITCHES.items():
        if trail.get(switch, default=switch in ON_BY_DEFAULT) is not True:
            yield Problem(f"{switch} is off: {otherwise}", finding=switch)


RULE = Rule(
    id="IRYO-CLOUDTRAIL-TRAIL",
    title="Trails are encrypted, validated, complete and on",
    remedy="Set encryption_key, enable_file_validation and is_multi_region_trail.",
    types=("AWS::CloudTrail::Trail",),
    check=_check,
)
