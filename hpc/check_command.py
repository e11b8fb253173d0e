"""What `iryo hpc check`, `render` and `plan` do."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import typer
import yaml  # type: ignore[import-untyped]

from hpc.cluster_config import cluster_config
from hpc.costs import Prices, idle, summary
from hpc.load import load_cluster_yaml, load_environment
from hpc.pcs_config import pcs_resources
from hpc.placeholders import ASSUMED_REGION, surroundings
from hpc.quota import needs
from hpc.runtime.changes import Effect, changes
from hpc.surroundings import Subnet
from hpc.validation import vendor
from hpc.validation.check import check_config
from hpc.validation.context import Context
from hpc.validation.environment import mistakes
from hpc.validation.findings import shown
from infra.config import ConfigError, EnvironmentConfig
from infra.config.hpc import Cluster, Engine


def check_environment(file: Path, *, prices: Path | None) -> None:
    """Judge every cluster of an environment file; print quotas and the cost at rest."""
    with _sentences():
        config, described = load_environment(file)
        if found := mistakes(config):
            raise ConfigError(file, found)
        places = [surroundings(config, cluster) for cluster in described.clusters]
        bill = Prices(prices) if prices else Prices()
        for cluster, place in zip(described.clusters, places, strict=True):
            typer.echo(_good(file, config, cluster))
            typer.echo("vCPUs by quota, at rest and at most:")
            for need in needs(cluster):
                typer.echo(f"  {need.name:<72} {need.at_rest:6d} {need.at_most:6d}")
            typer.echo("cost at rest:")
            typer.echo(summary(idle(cluster, region=place.region, prices=bill)))


def check_yaml(file: Path, *, name: str, subnets: Sequence[str]) -> None:
    """Judge a bare ParallelCluster configuration."""
    with _sentences():
        config = load_cluster_yaml(file)
        context = Context(
            region=str(config.get("Region", ASSUMED_REGION)),
            cluster_name=name,
            subnets={each.id: each for each in map(_subnet, subnets)},
        )
        verdict = check_config(config, context)
        if verdict.refused:
            raise ConfigError(
                file, [f"{shown(each.path)}: {each.message}" for each in verdict.refused]
            )
        for finding in verdict.findings:
            place = shown(finding.path)
            typer.echo(f"{finding.level}: {place}{': ' if place else ''}{finding.message}")
        typer.echo(f"{file}: good (sha256 {verdict.fingerprint})")


def render_environment(file: Path, *, only: str | None) -> None:
    """Print what would be deployed of an environment file's clusters, as YAML."""
    with _sentences():
        config, described = load_environment(file)
        names = [cluster.name for cluster in described.clusters]
        if only is not None and only not in names:
            raise ConfigError(file, [f"hpc.clusters: no {only!r}; there are {', '.join(names)}"])
        for cluster in described.clusters:
            if only in (None, cluster.name):
                place = surroundings(config, cluster)
                pcs = cluster.engine is Engine.PCS
                made = pcs_resources(cluster, place) if pcs else cluster_config(cluster, place)
                typer.echo(f"# {cluster.name}\n{_yaml(made)}", nl=False)


def plan_update(old: Path, new: Path) -> None:
    """Print what an update would do; exit 1 when it cannot be done in place."""
    with _sentences():
        found = changes(load_cluster_yaml(old), load_cluster_yaml(new))
    for change in found:
        typer.echo(f"{change.effect.value:<8} {shown(change.path)}: {change.old} -> {change.new}")
    if not found:
        typer.echo("nothing changes")
    if any(change.effect is Effect.REFUSED for change in found):
        raise typer.Exit(1)


def _good(file: Path, config: EnvironmentConfig, cluster: Cluster) -> str:
    region = config.account.region or f"{ASSUMED_REGION}, for the file names no Region"
    return f"{file}: {cluster.name}: good ({cluster.engine}, judged in {region})"


def _subnet(text: str) -> Subnet:
    name, _, rest = text.partition("=")
    cidr, _, zone = rest.partition("@")
    try:
        return Subnet(id=name, cidr=str(IPv4Network(cidr)), zone=zone)
    except ValueError:
        raise ConfigError(
            "--subnet",
            [f"{text!r}: ID=CIDR@ZONE is allowed, such as subnet-1=10.0.1.0/24@eu-west-1a"],
        ) from None


def _yaml(value: Any) -> str:
    return str(yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=100))


@contextmanager
def _sentences() -> Iterator[None]:
    """End with the sentences of a mistake: exit 2 for wrong input, 1 when nobody could judge."""
    try:
        yield
    except ConfigError as error:
        for sentence in error.sentences:
            typer.echo(sentence, err=True)
        raise typer.Exit(2) from None
    except ValueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    except vendor.VendorError as error:
        typer.echo(f"not judged: {error}", err=True)
        raise typer.Exit(1) from None
