"""Keys stay in their region, so that data does not become readable in another by itself."""

from collections.abc import Iterator

from compliance.reading import reach
from compliance.reading.checks import expect
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _of_confidential(key: Resource, _: Context) -> bool:
    return reach.is_confidential(key)


def _check(key: Resource, _: Context) -> Iterator[Problem]:
    yield from expect(key, "MultiRegion", None, False)


RULE = Rule(
    id="IRYO-KMS-MULTI-REGION",
    title=Text(
        "Keys of confidential data stay in one region",
        "機密データのキーが 1 リージョンに留まる",
    ),
    remedy=Text(
        "Leave multi_region off; replicate with a key of the other region.",
        "multi_region は無効とし、複製先では別のリージョンのキーを使う。",
    ),
    topic=Topic.KEY_MANAGEMENT,
    types=("AWS::KMS::Key",),
    check=_check,
    applies=_of_confidential,
)
