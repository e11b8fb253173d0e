"""What the edge's web ACLs block."""

from collections.abc import Iterator

from aws_cdk import aws_wafv2 as wafv2

from infra.config.edge import FirewallConfig

Acl = wafv2.CfnWebACL
COMMON = "AWSManagedRulesCommonRuleSet"
BODY_SIZE = "SizeRestrictions_BODY"
"""Counts only: it blocks over 8 KB; the configured limit takes its place."""
OF_ADDRESSES = ("AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesAnonymousIpList")
"""Groups that judge the client's address, which only CloudFront sees."""
WINDOW = 60
"""Seconds over which requests of one address are counted."""
TOO_LARGE, TOO_MANY = 413, 429
INSPECTED_KB = (16, 32, 48, 64)
"""How much of a body WAF reads at CloudFront; above 16 KB a request costs more."""


def rules(firewall: FirewallConfig, *, cloudfront: bool) -> list[Acl.RuleProperty]:
    """Return the rules of the web ACL before CloudFront, or of that before the load balancer.

    The load balancer's sees CloudFront as the client: addresses cannot be judged there, and what
    X-Forwarded-For says first is the client's own invention. It reads 8 KB of a body, CloudFront's
    up to 64 KB, so the size of bodies is bounded there.
    """
    groups = [name for name in firewall.rule_groups if cloudfront or name not in OF_ADDRESSES]
    own = 2 if cloudfront else 0
    return [
        *(_own(firewall) if cloudfront else ()),
        *(
            _managed(priority, name, count=(BODY_SIZE, *firewall.only_count))
            for priority, name in enumerate(groups, start=own)
        ),
    ]


def inspected(limit_kb: int) -> str:
    """Return what WAF calls the least size of a body that it must read to know the limit."""
    return f"KB_{next(size for size in INSPECTED_KB if size >= limit_kb)}"


def visibility(name: str) -> Acl.VisibilityConfigProperty:
    """Return a metric, and no samples: they would show requests in the console."""
    return Acl.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )


def _own(firewall: FirewallConfig) -> Iterator[Acl.RuleProperty]:
    yield _block(
        0,
        "BodySize",
        TOO_LARGE,
        Acl.StatementProperty(
            size_constraint_statement=Acl.SizeConstraintStatementProperty(
                comparison_operator="GT",
                size=firewall.body_limit_kb * 1024,
                field_to_match=Acl.FieldToMatchProperty(
                    body=Acl.BodyProperty(oversize_handling="MATCH")
                ),
                text_transformations=[Acl.TextTransformationProperty(priority=0, type="NONE")],
            )
        ),
    )
    yield _block(
        1,
        "LimitPerAddress",
        TOO_MANY,
        Acl.StatementProperty(
            rate_based_statement=Acl.RateBasedStatementProperty(
                aggregate_key_type="IP",
                limit=firewall.requests_per_minute,
                evaluation_window_sec=WINDOW,
            )
        ),
    )


def _block(
    priority: int, name: str, code: int, statement: Acl.StatementProperty
) -> Acl.RuleProperty:
    answer = Acl.CustomResponseProperty(response_code=code)
    return Acl.RuleProperty(
        name=name,
        priority=priority,
        action=Acl.RuleActionProperty(block=Acl.BlockActionProperty(custom_response=answer)),
        visibility_config=visibility(name),
        statement=statement,
    )


def _managed(priority: int, name: str, *, count: tuple[str, ...]) -> Acl.RuleProperty:
    only_count = Acl.RuleActionProperty(count={})
    overrides = [
        Acl.RuleActionOverrideProperty(name=rule, action_to_use=only_count) for rule in count
    ]
    return Acl.RuleProperty(
        name=name,
        priority=priority,
        override_action=Acl.OverrideActionProperty(none={}),
        visibility_config=visibility(name),
        statement=Acl.StatementProperty(
            managed_rule_group_statement=Acl.ManagedRuleGroupStatementProperty(
                vendor_name="AWS",
                name=name,
                rule_action_overrides=overrides if name == COMMON else None,
            )
        ),
    )
