"""The list of our own rules as Markdown, for docs/gate.md."""

from compliance import cycles, engine, judging, quotas, register
from compliance.rules import RULES
from compliance.tagging import TAGGABLE

BEGIN = "<!-- rules: make snapshots -->"
END = "<!-- end of rules -->"
OF_THE_GATE = {
    cycles.RULE: "No resources, nested stacks foremost, need each other in a circle",
    quotas.RULE: "Templates keep the limits of CloudFormation",
    engine.CRASHED: "Every engine came to an end",
    judging.UNJUDGED: "Every template file on disk was judged, byte for byte",
    register.BROAD: "A waiver excuses one resource",
    register.EXPIRED: "A waiver has not expired",
    register.UNTYPED: "No finding is acknowledged without owner, ticket and end",
    register.UNUSED: "A waiver excuses something",
}


def markdown() -> str:
    """Return a table of rules: id, what must be, on which types."""
    lines = ["| rule | what must be | on |", "| --- | --- | --- |"]
    for rule in RULES:
        types = [type_.removeprefix("AWS::") for type_ in rule.types]
        named = (
            "every type that takes tags" if TAGGABLE.keys() <= set(rule.types) else ", ".join(types)
        )
        lines.append(f"| {rule.id} | {rule.title.en} | {named} |")
    lines += [f"| {rule} | {title} | the assembly |" for rule, title in OF_THE_GATE.items()]
    return "\n".join(lines)
