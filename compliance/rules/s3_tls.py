"""Buckets refuse what does not come over TLS."""

from collections.abc import Iterator

from compliance.policies import Statement, statements
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _covers_all(statement: Statement) -> bool:
    """Say whether a statement of a bucket's policy is about the bucket and all its objects."""
    named = {str(resource) for resource in statement.resources}
    bucket = any("/" not in name for name in named)
    objects = any(name.endswith("*") and "/" not in name.removesuffix("/*") for name in named)
    return bucket and objects


def _check(bucket: Resource, context: Context) -> Iterator[Problem]:
    denied = any(
        statement.denies_plain_text("s3:*") and _covers_all(statement)
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
