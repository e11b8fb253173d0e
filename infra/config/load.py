"""Reading an environment file."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from infra.config.checks import mistakes
from infra.config.errors import ConfigError
from infra.config.models import EnvironmentConfig
from infra.config.sentences import sentence

ENVIRONMENTS = Path(__file__).parents[2] / "environments"


def path_of(environment: str) -> Path:
    """Return the file of a named environment, or of a path to one.

    Raises ConfigError when there is none.
    """
    if environment.endswith(".toml"):
        return Path(environment)
    path = ENVIRONMENTS / f"{environment}.toml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in ENVIRONMENTS.glob("*.toml")))
        raise ConfigError(f"environments/{environment}.toml", [f"no such file; there are {known}"])
    return path


def load(path: Path) -> EnvironmentConfig:
    """Read and check an environment file.

    Raises ConfigError with one sentence a mistake: broken TOML, an unknown or missing key, a value
    that is not allowed, or keys that do not fit each other.
    """
    shown = _shown(path)
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(shown, ["no such file"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(shown, [f"cannot be read as UTF-8 text: {error}"]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(shown, [f"is not valid TOML: {error}"]) from None
    try:
        config = EnvironmentConfig.model_validate(raw)
    except ValidationError as error:
        found = [sentence(dict(each), root=EnvironmentConfig) for each in error.errors()]
        raise ConfigError(shown, found) from None
    if found := mistakes(config):
        raise ConfigError(shown, found)
    return config


def _shown(path: Path) -> Path:
    """Name the file as a person would from where they stand."""
    try:
        return path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path
