"""Passwords go to the directory over verified TLS only."""

from collections.abc import Iterator

from hpc.validation.context import Context, Yaml, on, table
from hpc.validation.findings import Finding

DISABLED = "ldap_auth_disable_tls_never_use_in_production"


def directory(config: Yaml, _: Context) -> Iterator[Finding]:
    """Refuse LDAP without TLS, without a checked certificate, or with TLS switched off."""
    service = table(config, "DirectoryService")
    if not service:
        return
    for address in str(service.get("DomainAddr", "")).split(","):
        if not address.strip().startswith("ldaps://"):
            host = address.strip().rsplit("/", 1)[-1]
            yield Finding(
                ("DirectoryService", "DomainAddr"),
                f"{address.strip()} sends passwords in clear; ldaps://{host} is allowed",
                "directory",
            )
    check = service.get("LdapTlsReqCert", "hard")
    if check not in ("hard", "demand"):
        yield Finding(
            ("DirectoryService", "LdapTlsReqCert"),
            f"{check} accepts any certificate; hard or demand are allowed",
            "directory",
        )
    if on(table(service, "AdditionalSssdConfigs").get(DISABLED)):
        yield Finding(
            ("DirectoryService", "AdditionalSssdConfigs", DISABLED),
            "true switches TLS off; the key must be absent",
            "directory",
        )
