"""Names of nested properties: a wrong one would be dropped without a word."""

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_sagemaker as sagemaker

from mlops.room.properties import properties


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("VolumeSizeInGB", "volumeSizeInGb"),
        ("AutoMountHomeEFS", "autoMountHomeEfs"),
        ("S3Uri", "s3Uri"),
        ("KmsKeyId", "kmsKeyId"),
        ("DAGRuns", "dagRuns"),
    ],
)
def test_names_are_the_cdk_s(given: str, wanted: str) -> None:
    assert properties({given: [{given: 1}]}) == {wanted: [{wanted: 1}]}


def test_they_come_out_as_they_went_in() -> None:
    wanted = {"ExecutionRole": "role", "AutoMountHomeEFS": "Disabled"}
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Stack")
    sagemaker.CfnUserProfile(
        stack,
        "User",
        domain_id="d-abc",
        user_profile_name="user",
        user_settings=properties(wanted),
    )
    template = assertions.Template.from_stack(stack)
    template.has_resource_properties("AWS::SageMaker::UserProfile", {"UserSettings": wanted})
