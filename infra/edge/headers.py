"""Headers that browsers obey, sent with every answer."""

from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from infra.config import EnvironmentConfig

Policy = cloudfront.CfnResponseHeadersPolicy
TWO_YEARS = 63_072_000
"""Seconds; what the preload list asks for (https://hstspreload.org)."""
REMOVED = ("Server", "X-Powered-By", "X-AspNet-Version")
"""They tell what software answers."""
ADDED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# What a service answers is its own: kept by nobody unless it says so itself.
NOT_KEPT = {"Cache-Control": "no-store"}


def security_headers(
    scope: Construct, id: str, *, config: EnvironmentConfig, kept: bool = False
) -> Policy:
    """Return the policy. With `kept`, for static content, browsers may keep what they get."""
    security = Policy.SecurityHeadersConfigProperty(
        content_security_policy=Policy.ContentSecurityPolicyProperty(
            content_security_policy=config.edge.content_security_policy, override=False
        ),
        content_type_options=Policy.ContentTypeOptionsProperty(override=True),
        frame_options=Policy.FrameOptionsProperty(frame_option="DENY", override=True),
        referrer_policy=Policy.ReferrerPolicyProperty(referrer_policy="no-referrer", override=True),
        strict_transport_security=Policy.StrictTransportSecurityProperty(
            access_control_max_age_sec=TWO_YEARS,
            include_subdomains=True,
            preload=True,
            override=True,
        ),
    )
    added = ADDED if kept else ADDED | NOT_KEPT
    return Policy(
        scope,
        id,
        response_headers_policy_config=Policy.ResponseHeadersPolicyConfigProperty(
            name=f"iryo-{config.name}-{id.lower()}",
            security_headers_config=security,
            custom_headers_config=Policy.CustomHeadersConfigProperty(
                items=[
                    Policy.CustomHeaderProperty(header=header, value=value, override=False)
                    for header, value in added.items()
                ]
            ),
            remove_headers_config=Policy.RemoveHeadersConfigProperty(
                items=[Policy.RemoveHeaderProperty(header=header) for header in REMOVED]
            ),
        ),
    )
