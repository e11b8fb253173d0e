"""Results of queries are encrypted with our key, whatever the one who asks says."""

from collections.abc import Iterator

from compliance.reading.checks import expect, look, own_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(group: Resource, context: Context) -> Iterator[Problem]:
    at = "WorkGroupConfiguration"
    yield from expect(group, f"{at}.EnforceWorkGroupConfiguration", True, default=True)
    if look(group, f"{at}.ManagedQueryResultsConfiguration.Enabled") is True:
        managed = f"{at}.ManagedQueryResultsConfiguration.EncryptionConfiguration.KmsKey"
        yield from own_key(group, managed, context)
        return
    results = f"{at}.ResultConfiguration.EncryptionConfiguration"
    yield from expect(group, f"{results}.EncryptionOption", "SSE_KMS", "CSE_KMS")
    yield from own_key(group, f"{results}.KmsKey", context)


RULE = Rule(
    id="IRYO-ATHENA-WORKGROUP",
    title=Text(
        "Athena encrypts results and lets nobody choose otherwise",
        "Athena が結果を暗号化し、利用者が変えられない",
    ),
    remedy=Text(
        "Set EncryptionConfiguration SSE_KMS and EnforceWorkGroupConfiguration.",
        "EncryptionConfiguration を SSE_KMS にし、EnforceWorkGroupConfiguration を有効にする。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=("AWS::Athena::WorkGroup",),
    check=_check,
)
