"""Tables are encrypted with a customer-managed key."""

from collections.abc import Iterator

from compliance.keys import is_customer_key
from compliance.reading.replicas import GLOBAL, TABLE, replicas
from compliance.resources import Resource, known
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(table: Resource, context: Context) -> Iterator[Problem]:
    for replica in replicas(table):
        sse = known(replica.get("SSESpecification", {}), "SSESpecification")
        key = sse.get("KMSMasterKeyId")
        if key is None or not is_customer_key(key, context):
            yield Problem("no customer-managed key encrypts it")


RULE = Rule(
    id="IRYO-DYNAMODB-ENCRYPTION",
    title=Text("Tables are encrypted with our key", "テーブルが自前の鍵で暗号化されている"),
    remedy=Text("Set encryption_key.", "encryption_key を設定する。"),
    topic=Topic.ENCRYPTION_AT_REST,
    types=(TABLE, GLOBAL),
    check=_check,
)
