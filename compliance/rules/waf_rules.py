"""Web ACLs refuse the attacks that AWS knows, and keep no samples of requests."""

from collections.abc import Iterator

from compliance.reading.checks import expect, look, objects
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

WANTED = ("AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet")


def _check(acl: Resource, _: Context) -> Iterator[Problem]:
    rules = objects(acl, "Rules")
    for name in WANTED:
        sets = [
            one for one in rules if look(one, "Statement.ManagedRuleGroupStatement.Name") == name
        ]
        if not any(look(one, "OverrideAction.Count") is None for one in sets):
            yield Problem(f"it does not enforce {name}", finding=name)
    for part in (acl.properties, *rules):
        place = str(look(part, "Name", "")) if part is not acl.properties else ""
        path = "VisibilityConfig.SampledRequestsEnabled"
        yield from expect(part, path, False, place=place)


RULE = Rule(
    id="IRYO-WAF-RULES",
    title=Text(
        "Web ACLs use AWS's common rules and keep no samples",
        "Web ACL が AWS の共通ルールを使い、要求の見本を残さない",
    ),
    remedy=Text(
        "Add AWSManagedRulesCommonRuleSet and KnownBadInputs; set SampledRequestsEnabled false.",
        "AWSManagedRulesCommonRuleSet と KnownBadInputs を加え、SampledRequestsEnabled を "
        "false にする。",
    ),
    topic=Topic.MALWARE,
    types=("AWS::WAFv2::WebACL",),
    check=_check,
)
