"""Where identity policies stand in templates."""

from collections.abc import Iterator

from compliance.policies import Statement, statements
from compliance.resources import Resource, known

TYPES = (
    *("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"),
    *("AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy"),
    *("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"),
)


def grants(resource: Resource) -> Iterator[Statement]:
    """Yield the Allow statements of a policy, or those written inside a role, user or group.

    Raises IndeterminateError where a document could not be resolved.
    """
    documents = [resource.get("PolicyDocument")]
    for policy in resource.get("Policies", default=[]):
        documents.append(known(policy, "a policy").get("PolicyDocument"))
    for document in documents:
        yield from (statement for statement in statements(document) if statement.allows)
