"""Trails are encrypted, validated, complete and on."""

from collections.abc import Iterator

from compliance.keys import missing_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

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
    title=Text(
        "Trails are encrypted, validated, complete and on",
        "証跡が暗号化・検証され、全リージョンで有効である",
    ),
    remedy=Text(
        "Set encryption_key, enable_file_validation and is_multi_region_trail.",
        "encryption_key、enable_file_validation、is_multi_region_trail を設定する。",
    ),
    topic=Topic.AUDIT_LOGGING,
    types=("AWS::CloudTrail::Trail",),
    check=_check,
)
