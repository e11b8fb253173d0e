"""Hosted zones that an environment file names: in AWS they are there before a deployment."""

from typing import Any

from ministack.services.cloudformation import provisioners


def install() -> None:
    """Make a zone when the first record that a template puts into it comes."""
    resolve = provisioners._r53_resolve_hosted_zone_id
    zones = provisioners._r53

    def wrapped(properties: dict[str, Any]) -> str:
        zone_id = str(resolve(properties))
        if zone_id not in zones._zones:
            name = str(properties.get("Name", "")).rstrip(".").partition(".")[2] + "."
            zones._zones[zone_id] = {
                "id": zone_id,
                "name": name,
                "caller_reference": zone_id,
                "comment": "",
                "private": False,
            }
            zones._records[zone_id] = zones._default_records(name)
        return zone_id

    provisioners._r53_resolve_hosted_zone_id = wrapped
