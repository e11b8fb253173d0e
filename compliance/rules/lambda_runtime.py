"""Functions run on a runtime that AWS still patches."""

from collections.abc import Iterator
from datetime import date

from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html, read 2026-11 through cfn-lint.
DEPRECATED = {
    "dotnet8": date(2026, 11, 10),
    "java21": date(2029, 6, 30),
    "java25": date(2029, 6, 30),
    "nodejs22.x": date(2027, 4, 30),
    "nodejs24.x": date(2028, 4, 30),
    "provided.al2023": date(2029, 6, 30),
    "python3.11": date(2026, 6, 30),
    "python3.12": date(2028, 10, 31),
    "python3.13": date(2029, 6, 30),
    "python3.14": date(2029, 6, 30),
    "ruby3.3": date(2027, 3, 31),
    "ruby3.4": date(2028, 3, 31),
}


def _check(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.get("PackageType") == "Image":
        return
    runtime = resource.get("Runtime")
    end = DEPRECATED.get(str(runtime))
    if end is None:
        yield Problem(f"Runtime {runtime} is not a supported one")
    elif end < date.today():
        yield Problem(f"Runtime {runtime} was deprecated on {end}")


RULE = Rule(
    id="IRYO-LAMBDA-RUNTIME",
    title=Text("Functions run on a supported runtime", "関数がサポート中のランタイムで動く"),
    remedy=Text(
        "Choose a newer runtime (functions.python in the environment file).",
        "新しいランタイムを選ぶ（環境ファイルの functions.python）。",
    ),
    topic=Topic.PATCHING,
    types=("AWS::Lambda::Function",),
    check=_check,
)
