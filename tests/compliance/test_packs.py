"""What we know of cdk-nag agrees with the package at hand."""

import json
import re
import tarfile
from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import cdk_nag
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_s3 as s3

from compliance import waivers
from compliance.judging import judge
from compliance.nag import package
from compliance.packs import IN_ORDER, NagPacks
from compliance.verdicts import Judgement, Row, Verdict
from compliance.waivers import GRANULAR
from tests.compliance.platform import TestSettings

FILES = {"HIPAA.Security": "hipaa-security.js", "NIST.800.53.R5": "nist-800-53-r5.js"}


def test_the_rule_ids_and_the_granular_ones() -> None:
    [archive] = (Path(cdk_nag.__file__).parent / "_jsii").glob("*.tgz")
    with tarfile.open(archive) as package:
        texts = {
            Path(name).name: source.read().decode()
            for name in package.getnames()
            if name.endswith(".js") and (source := package.extractfile(name))
        }
    kept = json.loads((Path(waivers.__file__).parent / "nag_rules.json").read_text())
    found = {
        pack: sorted(set(re.findall(r"^\s+rule: \w+\.(\w+)", texts[file], re.MULTILINE)))
        for pack, file in FILES.items()
    }
    assert kept == found
    granular = {
        rule
        for rules in found.values()
        for rule in rules
        if re.search(r"\bfindings\b", re.sub(r"//# source.*", "", texts[f"{rule}.js"]))
    }
    assert granular == set(GRANULAR)


class Room(cdk.NestedStack):
    """Buckets and instances that cdk-nag's rules judge, and a thing that none knows."""

    def __init__(self, scope: cdk.Stack) -> None:
        super().__init__(scope, "Room")
        cdk.CfnResource(self, "Thing", type="AWS::IoT::Thing")
        versions = s3.CfnBucket.VersioningConfigurationProperty(status="Enabled")
        s3.CfnBucket(self, "Versioned", versioning_configuration=versions)
        s3.CfnBucket(self, "Plain")
        ec2.CfnInstance(self, "Optimised", ebs_optimized=True, instance_type="m5.large")
        unknown = cdk.Fn.import_value("type")
        ec2.CfnInstance(self, "Unreadable", ebs_optimized=False, instance_type=unknown)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    folder = tmp_path_factory.mktemp("packs")
    app = cdk.App(outdir=str(folder), builtin_cloud_formation_validation=False)
    Room(cdk.Stack(app, "S"))
    app.synth()
    return list(judge(app, TestSettings(), folder, [NagPacks()]).rows)


def said(rows: list[Row], rule: str) -> dict[str, Verdict]:
    return {row.logical_id: row.verdict for row in rows if row.rule == rule}


def test_what_a_rule_calls_compliant_passes(rows: list[Row]) -> None:
    for pack in FILES:
        assert said(rows, f"{pack}-S3BucketVersioningEnabled") == {
            "Versioned": Verdict.PASS,
            "Plain": Verdict.FAIL,
        }
    [row] = [
        one
        for one in rows
        if (one.rule, one.logical_id) == ("HIPAA.Security-S3BucketVersioningEnabled", "Versioned")
    ]
    assert (row.path, row.resource_type) == ("S/Room/Versioned", "AWS::S3::Bucket")
    assert row.template.endswith(".nested.template.json")
    assert row.message == IN_ORDER


def test_what_a_rule_cannot_read_does_not_pass(rows: list[Row]) -> None:
    assert said(rows, "HIPAA.Security-EC2EBSOptimizedInstance") == {
        "Optimised": Verdict.PASS,
        "Unreadable": Verdict.INDETERMINATE,
    }


def test_what_no_rule_applies_to_does_not_pass(rows: list[Row]) -> None:
    [row] = [row for row in rows if row.resource_type == "AWS::IoT::Thing"]
    assert row.verdict is Verdict.NO_RULE


def test_the_module_is_the_same_from_run_to_run() -> None:
    assert package() == package()


def test_nobody_passes_and_fails_the_same_rule(judgement: Callable[[str], Judgement]) -> None:
    rows = [row for row in judgement("production").rows if row.engine in FILES]
    passed = {(row.rule, row.path) for row in rows if row.verdict is Verdict.PASS}
    others = {(row.rule, row.path) for row in rows if row.verdict is not Verdict.PASS}
    assert len(passed) > 300 and others
    assert not passed & others
