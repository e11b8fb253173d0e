"""Notebook instances are encrypted, in our network, and give nobody root."""

from collections.abc import Iterator

from compliance.reading.checks import expect, own_key, present
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(notebook: Resource, context: Context) -> Iterator[Problem]:
    yield from own_key(notebook, "KmsKeyId", context)
    yield from present(notebook, "SubnetId")
    for key in ("DirectInternetAccess", "RootAccess"):
        yield from expect(notebook, key, "Disabled", default="Enabled")
    path = "InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion"
    yield from expect(notebook, path, "2", 2, default="1")


RULE = Rule(
    id="IRYO-SAGEMAKER-NOTEBOOK",
    title=Text(
        "Notebook instances are encrypted, private and without root",
        "ノートブックインスタンスが暗号化され、非公開で、root 権限がない",
    ),
    remedy=Text(
        "Set KmsKeyId, SubnetId, DirectInternetAccess and RootAccess Disabled, metadata version 2.",
        "KmsKeyId、SubnetId を設定し、DirectInternetAccess と RootAccess を Disabled、メタデ"
        "ータをバージョン 2 にする。",
    ),
    topic=Topic.NETWORK_SEGMENTATION,
    types=("AWS::SageMaker::NotebookInstance",),
    check=_check,
)
