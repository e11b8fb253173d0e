"""Every store says which class of data it holds; buckets have a rule of their own."""

from collections.abc import Iterator

from compliance.reading import databases, reach
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.rules import s3_data_class
from compliance.text import Text


def _check(store: Resource, _: Context) -> Iterator[Problem]:
    given = reach.class_of(store)
    if given not in s3_data_class.CLASSES:
        names = ", ".join(s3_data_class.CLASSES)
        yield Problem(f"the tag data-class is {given or 'missing'}; one of {names}")


RULE = Rule(
    id="IRYO-DATA-CLASS-TAG",
    title=Text(
        "Stores are tagged with their data class",
        "データの置き場にデータ分類のタグがある",
    ),
    remedy=Text(
        'Add Tags.of(store).add("data-class", ...).',
        'Tags.of(store).add("data-class", ...) を加える。',
    ),
    topic=Topic.DATA_CLASSIFICATION,
    types=reach.STORES,
    check=_check,
    applies=databases.on_its_own,
)
