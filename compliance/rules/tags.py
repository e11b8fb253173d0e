"""Every resource that can be tagged says whose it is and who pays for it."""

import json
from collections.abc import Iterator
from pathlib import Path

from compliance.defaults import tags
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule
from compliance.tagging import tags_of

# The property that holds the tags of each type, from the official resource schemas.
TAGGABLE: dict[str, str] = json.loads((Path(__file__).parent / "taggable.json").read_text())


def _check(resource: Resource, context: Context) -> Iterator[Problem]:
    wanted = tags(context.settings)
    given = tags_of(resource, TAGGABLE[resource.type])
    wrong = [key for key, value in wanted.items() if given.get(key) != value]
    if wrong:
        yield Problem(f"tags missing or not as configured: {', '.join(wrong)}")


RULE = Rule(
    id="IRYO-TAGS",
    title="Resources carry project, environment, cost-center and owner",
    remedy="The tags come from the environment file; set tags of an L1 by hand if it takes none.",
    types=tuple(TAGGABLE),
    check=_check,
)
