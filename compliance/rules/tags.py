"""Every resource that can be tagged says whose it is and who pays for it."""

from collections.abc import Iterator

from compliance.defaults import tags
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.tagging import TAGGABLE, tags_of
from compliance.text import Text


def _check(resource: Resource, context: Context) -> Iterator[Problem]:
    wanted = tags(context.settings)
    given = tags_of(resource, TAGGABLE[resource.type])
    wrong = [key for key, value in wanted.items() if given.get(key) != value]
    if wrong:
        yield Problem(f"tags missing or not as configured: {', '.join(wrong)}")


RULE = Rule(
    id="IRYO-TAGS",
    title=Text(
        "Resources carry project, environment, cost-center and owner",
        "リソースに project・environment・cost-center・owner のタグがある",
    ),
    remedy=Text(
        "The tags come from the environment file; set tags of an L1 by hand if it takes none.",
        "タグは環境ファイルから付く。付かない L1 には手で設定する。",
    ),
    topic=Topic.ASSET_INVENTORY,
    types=tuple(TAGGABLE),
    check=_check,
)
