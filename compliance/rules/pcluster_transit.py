"""Clusters mount EFS over TLS, and ask their directory over TLS whose certificate they check."""

from collections.abc import Iterator

from compliance.reading import clusters
from compliance.reading.checks import expect, look, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(cluster: Resource, _: Context) -> Iterator[Problem]:
    config = clusters.configuration(cluster)
    for place, kind, settings in clusters.storages(config):
        if kind == "Efs":
            yield from expect(settings, "EncryptionInTransit", True, place=place)
            yield from expect(settings, "IamAuthorization", True, place=place)
    if directory := look(config, "DirectoryService"):
        place = "DirectoryService"
        addresses = str(look(directory, "DomainAddr", "")).split(",")
        if not all(address.strip().startswith("ldaps://") for address in addresses):
            yield problem(place, "DomainAddr", f"is {','.join(addresses)}")
        checks = ("hard", "demand")
        yield from expect(directory, "LdapTlsReqCert", *checks, default="hard", place=place)


RULE = Rule(
    id="IRYO-PCLUSTER-TRANSIT",
    title=Text(
        "Clusters mount and look people up over TLS",
        "クラスターがマウントとディレクトリ参照に TLS を使う",
    ),
    remedy=Text(
        "Set EncryptionInTransit and IamAuthorization of EFS, ldaps:// and LdapTlsReqCert hard.",
        "EFS の EncryptionInTransit と IamAuthorization を有効にし、ldaps:// と "
        "LdapTlsReqCert: hard を設定する。",
    ),
    topic=Topic.ENCRYPTION_IN_TRANSIT,
    types=(clusters.CLUSTER,),
    check=_check,
)
