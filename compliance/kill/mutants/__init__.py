"""How each rule of ours is broken, by what it is about."""

from compliance.kill.mutant import Break
from compliance.kill.mutants import classes, data, functions, identity, models, network, services

BREAKS: tuple[Break, ...] = (
    *classes.BREAKS,
    *data.BREAKS,
    *functions.BREAKS,
    *identity.BREAKS,
    *models.BREAKS,
    *network.BREAKS,
    *services.BREAKS,
)
