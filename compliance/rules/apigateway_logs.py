"""API stages log who called, and never what was said."""

from collections.abc import Iterator

from compliance.resources import Resource, known
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(stage: Resource, _: Context) -> Iterator[Problem]:
    settings = stage.get("AccessLogSettings", default=stage.get("AccessLogSetting", default={}))
    if not settings.get("DestinationArn"):
        yield Problem("it has no access log", finding="access")
    methods = stage.get("MethodSettings", default=[])
    routes = stage.get("DefaultRouteSettings", default={})
    for setting in (*methods, routes):
        if known(setting, "a method setting").get("DataTraceEnabled") not in (None, False):
            yield Problem("DataTraceEnabled writes requests and replies into logs", finding="trace")


RULE = Rule(
    id="IRYO-APIGATEWAY-LOGS",
    title=Text(
        "API stages keep access logs without payloads",
        "API ステージが内容を含まないアクセスログを残す",
    ),
    remedy=Text(
        "Set access_log_destination; leave data_trace_enabled off.",
        "access_log_destination を設定し、data_trace_enabled は無効のままにする。",
    ),
    topic=Topic.AUDIT_LOGGING,
    types=("AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage"),
    check=_check,
)
