"""Definitions of pipelines hold no secret."""

from collections.abc import Iterator

from compliance.reading import pipelines, secrets
from compliance.reading.walk import leaves
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(pipeline: Resource, _: Context) -> Iterator[Problem]:
    for step in pipelines.steps(pipeline):
        for path, value in leaves(step.arguments):
            if path and secrets.is_secret(path[-1], value):
                where = ".".join((step.name, *path))
                yield Problem(f"{where} looks like a secret in plain text", finding=where)


RULE = Rule(
    id="IRYO-SAGEMAKER-PIPELINE-SECRETS",
    title=Text(
        "Pipeline definitions hold no secret",
        "パイプラインの定義に秘密がない",
    ),
    remedy=Text(
        "Pass the ARN of a secret and read it in the job.",
        "秘密は ARN で渡し、ジョブの中で読む。",
    ),
    topic=Topic.SECRETS,
    types=("AWS::SageMaker::Pipeline",),
    check=_check,
)
