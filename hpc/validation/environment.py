"""Every rule on the `[hpc]` table of an environment file that needs facts or AWS's validators."""

from hpc.placeholders import surroundings
from hpc.validation.batch_rules import judge as judge_batch
from hpc.validation.check import sentences
from infra.config import EnvironmentConfig, Stage


def mistakes(config: EnvironmentConfig) -> list[str]:
    """Return a sentence for each mistake, without the file's name.

    Raises NotJudgedError when the vendor's package is missing or does not answer.
    """
    production = config.stage is Stage.PRODUCTION
    places = [surroundings(config, cluster) for cluster in config.hpc.clusters]
    found = sentences(config.hpc, places, production=production) if config.hpc.wanted else []
    region = places[0].region if places else config.account.region
    return found + judge_batch(config.hpc, region=region)
