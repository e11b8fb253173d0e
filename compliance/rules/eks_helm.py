"""Charts of Helm come from a named place over TLS, in a version that does not move."""

from collections.abc import Iterator

from compliance.reading.checks import look, present, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(chart: Resource, _: Context) -> Iterator[Problem]:
    if look(chart, "ChartAssetURL") is not None:
        return
    yield from present(chart, "Version", why="the newest chart is taken at every change")
    repository = str(look(chart, "Repository", ""))
    if not repository.startswith(("https://", "oci://")):
        yield problem("", "Repository", f"is {repository or 'not set'}")


RULE = Rule(
    id="IRYO-EKS-HELM",
    title=Text(
        "Helm charts have a version and come over TLS",
        "Helm チャートがバージョンを固定し、TLS で取得される",
    ),
    remedy=Text(
        "Set version, and a repository that begins with https:// or oci://.",
        "version を設定し、https:// か oci:// で始まる repository を指定する。",
    ),
    topic=Topic.SUPPLIER,
    types=("Custom::AWSCDK-EKS-HelmChart", "Custom::HelmChart"),
    check=_check,
)
