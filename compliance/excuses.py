"""What the waivers of one room have in common: a ticket, an end, the environment's owner."""

from dataclasses import dataclass
from datetime import date

from compliance.settings import Settings
from compliance.waivers import Waiver

PACKS = ("HIPAA.Security", "NIST.800.53.R5")
"""The packs of cdk-nag that judge every environment; each has its own id of the same rule."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Excuses:
    """Makes the waivers of a room; Waiver says what each word means and what is refused."""

    ticket: str
    expires: date

    def one(
        self,
        settings: Settings,
        *,
        rule: str,
        reason: str,
        compensating_control: str,
        finding: str = "",
    ) -> Waiver:
        """Return the waiver of one rule, by its full id."""
        return Waiver(
            rule=rule,
            finding=finding,
            reason=reason,
            owner=settings.tags.owner,
            ticket=self.ticket,
            expires=self.expires,
            compensating_control=compensating_control,
        )

    def packs(
        self,
        settings: Settings,
        *,
        rule: str,
        reason: str,
        compensating_control: str,
        finding: str = "",
    ) -> list[Waiver]:
        """Return a waiver for each pack of cdk-nag that has the rule, named without its pack."""
        return [
            self.one(
                settings,
                rule=f"{pack}-{rule}",
                finding=finding,
                reason=reason,
                compensating_control=compensating_control,
            )
            for pack in PACKS
        ]
