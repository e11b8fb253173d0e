"""Who may enter a cluster stands in access entries, not in a config map inside it."""

from collections.abc import Iterator

from compliance.reading import eks
from compliance.reading.checks import expect
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(cluster: Resource, _: Context) -> Iterator[Problem]:
    at = eks.settings(cluster)
    yield from expect(at, "AccessConfig.AuthenticationMode", "API", default="CONFIG_MAP")
    yield from expect(
        at, "AccessConfig.BootstrapClusterCreatorAdminPermissions", False, default=True
    )


RULE = Rule(
    id="IRYO-EKS-ACCESS",
    title=Text(
        "Clusters admit by access entries only, whoever made them",
        "クラスターに入れるのは作成者も含めアクセスエントリに載る者だけである",
    ),
    remedy=Text(
        "Set authentication_mode=AuthenticationMode.API and "
        "bootstrap_cluster_creator_admin_permissions=False.",
        "authentication_mode=AuthenticationMode.API、"
        "bootstrap_cluster_creator_admin_permissions=False を設定する。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=eks.TYPES,
    check=_check,
)
