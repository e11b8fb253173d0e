"""Endpoint policies: whose principals, whose resources, which actions."""

import json
from pathlib import Path

import pytest
from cfnlint.data import AdditionalSpecs

from infra.config import EnvironmentConfig, load, path_of
from infra.config.models import ENDPOINT_SERVICES
from infra.network.endpoint_actions import DYNAMODB, INTERFACE, S3
from infra.network.endpoint_policies import aws_owned_buckets, perimeter, s3_perimeter

ORGANISATION = "o-a1b2c3d4e5"


@pytest.fixture
def config() -> EnvironmentConfig:
    return load(path_of("dev"))


def in_organisation(config: EnvironmentConfig) -> EnvironmentConfig:
    account = config.account.model_copy(update={"organization_id": ORGANISATION})
    return config.model_copy(update={"account": account})


def with_images(config: EnvironmentConfig) -> EnvironmentConfig:
    network = config.network.model_copy(update={"interface_endpoints": ("ecr.dkr",)})
    return config.model_copy(update={"network": network})


def test_an_organisation_takes_the_place_of_the_account(config: EnvironmentConfig) -> None:
    [statement] = perimeter(in_organisation(config), S3)["Statement"]
    assert statement["Condition"]["StringEquals"] == {
        "aws:PrincipalOrgID": ORGANISATION,
        "aws:ResourceOrgID": ORGANISATION,
    }


def test_without_images_no_bucket_of_aws_is_read(config: EnvironmentConfig) -> None:
    assert aws_owned_buckets(config) == ()
    assert len(s3_perimeter(config, S3)["Statement"]) == 1


def test_images_are_read_and_nothing_is_written(config: EnvironmentConfig) -> None:
    _, statement = s3_perimeter(with_images(config), S3)["Statement"]
    assert statement["Action"] == ["s3:GetObject"]
    [bucket] = statement["Resource"]
    assert bucket.endswith("-starport-layer-bucket/*")


def test_every_service_that_can_be_configured_has_actions() -> None:
    assert set(INTERFACE) == set(ENDPOINT_SERVICES)


def test_every_action_exists() -> None:
    known = json.loads((Path(AdditionalSpecs.__file__).parent / "Policies.json").read_text())
    for actions in (S3, DYNAMODB, *INTERFACE.values()):
        assert len(actions) == len(set(actions))
        for action in actions:
            service, name = action.split(":")
            assert name.lower() in {
                known_action.lower() for known_action in known[service]["Actions"]
            }
