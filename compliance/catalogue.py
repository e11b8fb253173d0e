"""The list of our own rules as Markdown: `python -m compliance.catalogue` for docs/gate.md."""

from compliance import cycles, engine, judging, quotas, register
from compliance.rules import RULES
from compliance.rules.tags import TAGGABLE

BEGIN = "<!-- rules: python -m compliance.catalogue -->"
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
        named = "every type that takes tags" if rule.types == tuple(TAGGABLE) else ", ".join(types)
        lines.append(f"| {rule.id} | {rule.title} | {named} |")
    lines += [f"| {rule} | {title} | the assembly |" for rule, title in OF_THE_GATE.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    print(markdown())
