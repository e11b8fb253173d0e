"""Images are searched for known weaknesses when they are pushed."""

from collections.abc import Iterator

from compliance.reading.checks import expect
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

REGISTRY = "AWS::ECR::RegistryScanningConfiguration"


def _check(repository: Resource, context: Context) -> Iterator[Problem]:
    # Scanning of a whole registry is set once and is about every repository.
    if not context.resources.of_type(REGISTRY):
        yield from expect(repository, "ImageScanningConfiguration.ScanOnPush", True)


RULE = Rule(
    id="IRYO-ECR-SCAN",
    title=Text(
        "Images are scanned for known weaknesses when they are pushed",
        "イメージがプッシュ時に既知の脆弱性についてスキャンされる",
    ),
    remedy=Text("Set image_scan_on_push=True.", "image_scan_on_push=True を設定する。"),
    topic=Topic.VULNERABILITY,
    types=("AWS::ECR::Repository",),
    check=_check,
)
