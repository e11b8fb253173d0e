"""Policies of search collections use our key and let nobody in from the Internet."""

from collections.abc import Iterator

from compliance.reading.checks import expect, look, own_key
from compliance.reading.documents import parsed
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(policy: Resource, context: Context) -> Iterator[Problem]:
    document = parsed(policy.get("Policy"), "Policy")
    for index, part in enumerate(document if isinstance(document, list) else [document]):
        place = str(index)
        if look(policy, "Type") == "network":
            yield from expect(part, "AllowFromPublic", False, default=True, place=place)
        else:
            yield from expect(part, "AWSOwnedKey", False, default=True, place=place)
            yield from own_key(part, "KmsARN", context, place=place)


RULE = Rule(
    id="IRYO-OPENSEARCH-SERVERLESS",
    title=Text(
        "Policies of search collections are private and name our key",
        "検索コレクションのポリシーが非公開で、自前のキーを使う",
    ),
    remedy=Text(
        "Set AllowFromPublic false with SourceVPCEs; AWSOwnedKey false with KmsARN.",
        "AllowFromPublic を false にして SourceVPCEs を、AWSOwnedKey を false にして KmsARN "
        "を指定する。",
    ),
    topic=Topic.NETWORK_EXPOSURE,
    types=("AWS::OpenSearchServerless::SecurityPolicy",),
    check=_check,
)
