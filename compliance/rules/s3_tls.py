"""Buckets refuse what does not come over TLS."""

from collections.abc import Iterator

from compliance.policies import Statement, statements
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _covers_all(statement: Statement) -> bool:
    return any(action in {"*", "s3:*"} for action in statement.actions)


def _check(bucket: Resource, context: Context) -> Iterator[Problem]:
    denied = any(
        statement.denies_plain_text and _covers_all(statement)
        for policy in context.resources.referring("AWS::S3::BucketPolicy", "Bucket", bucket)
        for statement in statements(policy.get("PolicyDocument"))
    )
    if not denied:
        yield Problem("no bucket policy denies s3:* without TLS (aws:SecureTransport false)")


RULE = Rule(
    id="IRYO-S3-TLS",
    title=Text("Buckets refuse requests without TLS", "バケットが TLS のない要求を拒む"),
    remedy=Text(
        "Set enforce_ssl=True, or add the Deny statement to the bucket's policy.",
        "enforce_ssl=True を設定するか、バケットポリシーに Deny を加える。",
    ),
    topic=Topic.ENCRYPTION_IN_TRANSIT,
    types=("AWS::S3::Bucket",),
    check=_check,
)
