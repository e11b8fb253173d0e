"""Transfers are encrypted on their way to each end."""

from collections.abc import Iterator

from compliance.reading.checks import expect
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

WANTED = {
    "AWS::DataSync::LocationEFS": ("InTransitEncryption", "TLS1_2", "NONE"),
    "AWS::DataSync::LocationObjectStorage": ("ServerProtocol", "HTTPS", "HTTPS"),
    "AWS::DataSync::LocationHDFS": ("QopConfiguration.DataTransferProtection", "PRIVACY", None),
    "AWS::DataSync::LocationSMB": ("MountOptions.Version", "SMB3", "AUTOMATIC"),
}


def _check(location: Resource, _: Context) -> Iterator[Problem]:
    path, wanted, default = WANTED[location.type]
    yield from expect(location, path, wanted, default=default)


RULE = Rule(
    id="IRYO-DATASYNC-TLS",
    title=Text(
        "DataSync locations are reached encrypted",
        "DataSync の接続先との通信が暗号化される",
    ),
    remedy=Text(
        "Set TLS1_2, HTTPS, PRIVACY or SMB3, whichever the location knows.",
        "接続先に応じて TLS1_2、HTTPS、PRIVACY、SMB3 を設定する。",
    ),
    topic=Topic.ENCRYPTION_IN_TRANSIT,
    types=(
        "AWS::DataSync::LocationEFS",
        "AWS::DataSync::LocationObjectStorage",
        "AWS::DataSync::LocationHDFS",
        "AWS::DataSync::LocationSMB",
    ),
    check=_check,
)
