"""How each rule of ours is broken, by what it is about."""

from compliance.kill.mutant import Break
from compliance.kill.mutants import (
    classes,
    clusters,
    containers,
    data,
    databases,
    edge,
    functions,
    identity,
    kubernetes,
    models,
    network,
    services,
)

BREAKS: tuple[Break, ...] = (
    *classes.BREAKS,
    *clusters.BREAKS,
    *containers.BREAKS,
    *data.BREAKS,
    *databases.BREAKS,
    *edge.BREAKS,
    *functions.BREAKS,
    *identity.BREAKS,
    *kubernetes.BREAKS,
    *models.BREAKS,
    *network.BREAKS,
    *services.BREAKS,
)
