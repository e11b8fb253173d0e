"""A second opinion: the same controls as CloudFormation Guard rules, written apart from ours.

Guard reads a template as it is written: an intrinsic function is an object to it, so it sees that a
key is named but not whose key it is. What each rule cannot see stands in its Opinion. The rules are
evaluated by AWS's own Guard evaluator, in the same pass as CloudFormation Validate.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from cloudformation_validate import Diagnostic, ExternalRuleSource

from compliance.resources import Resource
from compliance.rules import RULES
from compliance.second.opinions import OPINIONS, Opinion
from compliance.verdicts import Row, Verdict

ENGINE = "Guard"
RULES_FOLDER = Path(__file__).parent / "rules"
IN_ORDER = "the Guard rule is about its type and found nothing"


def sources(rule: str = "") -> list[ExternalRuleSource]:
    """Return the Guard rules, for an engine of the validator; of one rule only the file with it."""
    wanted = f"\nrule {name(rule)} " if rule else ""
    files = {file.name: file.read_text(encoding="utf-8") for file in RULES_FOLDER.glob("*.guard")}
    return [
        ExternalRuleSource(name=file, content=content)
        for file, content in sorted(files.items())
        if wanted in content
    ]


def name(rule: str) -> str:
    """Return the name of the Guard rule that has an opinion on a rule of ours."""
    return rule.replace("-", "_")


def verdicts(resources: Iterable[Resource], found: Iterable[Diagnostic]) -> Iterator[Row]:
    """Yield what Guard says of the resources of one template, under the ids of our rules.

    `found` are Guard's diagnostics of that template. Guard tells failures only: a resource that a
    rule is about and that has none is in order.
    """
    messages: dict[tuple[str, str], str] = {}
    for diagnostic in found:
        logical_id = diagnostic.entity.logical_id if diagnostic.entity else ""
        messages.setdefault((diagnostic.rule_id, logical_id), diagnostic.message)
    for resource in resources:
        for opinion in _about(resource.type):
            if opinion.needs and opinion.needs not in resource.body.get("Properties", {}):
                continue
            message = messages.get((name(opinion.rule), resource.logical_id))
            yield _row(resource, opinion, message)


@cache
def _about(type_: str) -> tuple[Opinion, ...]:
    return tuple(opinion for opinion in OPINIONS if type_ in opinion.types)


@cache
def _remedy(rule: str) -> str:
    return next(one.remedy.en for one in RULES if one.id == rule)


def _row(resource: Resource, opinion: Opinion, message: str | None) -> Row:
    return Row(
        engine=ENGINE,
        rule=opinion.rule,
        verdict=Verdict.PASS if message is None else Verdict.FAIL,
        path=resource.path,
        resource_type=resource.type,
        template=resource.template.file,
        logical_id=resource.logical_id,
        message=IN_ORDER if message is None else message,
        remedy="" if message is None else _remedy(opinion.rule),
    )
