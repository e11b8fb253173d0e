"""Nobody opens a shell on the instances of an endpoint."""

from collections.abc import Iterator

from compliance.reading.checks import expect, look, objects
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(config: Resource, _: Context) -> Iterator[Problem]:
    for variant in objects(config, "ProductionVariants"):
        name = str(look(variant, "VariantName"))
        yield from expect(variant, "EnableSSMAccess", None, False, place=name)


RULE = Rule(
    id="IRYO-SAGEMAKER-ENDPOINT-SHELL",
    title=Text(
        "SageMaker endpoints admit no shell",
        "SageMaker エンドポイントでシェルを開けない",
    ),
    remedy=Text(
        "Leave EnableSSMAccess off.",
        "EnableSSMAccess は無効のままにする。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=("AWS::SageMaker::EndpointConfig",),
    check=_check,
)
