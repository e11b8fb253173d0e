"""Kubernetes versions in standard support of EKS, for the rule and for environment files alike."""

from datetime import date

# https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html, read 2026-11. The date
# of 1.36 was not seen: the fourteen months of support count from upstream's release at the latest.
END_OF_SUPPORT = {
    "1.34": date(2026, 12, 2),
    "1.35": date(2027, 3, 27),
    "1.36": date(2027, 6, 22),
}


def supported(today: date | None = None) -> tuple[str, ...]:
    """Return the versions that are in standard support on a day, the newest last."""
    day = today or date.today()
    return tuple(version for version, end in END_OF_SUPPORT.items() if end >= day)
