"""Reading an environment file."""

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from infra.config.checks import mistakes
from infra.config.errors import ConfigError
from infra.config.models import EnvironmentConfig

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
        raise ConfigError(shown, [_sentence(dict(e)) for e in error.errors()]) from None
    if found := mistakes(config):
        raise ConfigError(shown, found)
    return config


def _shown(path: Path) -> Path:
    """Name the file as a person would from where they stand."""
    try:
        return path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path


def _key(location: tuple[str | int, ...]) -> str:
    key = ""
    for part in location:
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else str(part)
    return key


def _sentence(error: Mapping[str, Any]) -> str:
    location = error["loc"]
    key = _key(location)
    match error["type"]:
        case "extra_forbidden":
            allowed = sorted(_model_at(location).model_fields)
            near = difflib.get_close_matches(str(location[-1]), allowed, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            return f"{key}: unknown key; {hint}allowed here are {', '.join(allowed)}"
        case "missing":
            return f"{key}: required key is missing"
        case "value_error":
            return f"{key}: {error['input']!r}: {error['ctx']['error']}"
        case "string_pattern_mismatch":
            field = _model_at(location).model_fields[str(location[-1])]
            about = (field.description or "").rstrip(".")
            pattern = error["ctx"]["pattern"]
            return f"{key}: {error['input']!r} is not allowed: {about} (pattern {pattern})"
        case _:
            message = str(error["msg"])
            return f"{key}: {error['input']!r}: {message[0].lower()}{message[1:]}"


def _model_at(location: tuple[str | int, ...]) -> type[BaseModel]:
    """Return the model that holds the key: every table above it is a model of its own."""
    model: Any = EnvironmentConfig
    for part in location[:-1]:
        model = model.model_fields[part].annotation
    return cast(type[BaseModel], model)
