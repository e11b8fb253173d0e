"""Lambda layers are built from hashed wheels, the same each time."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from infra import assets


def digest() -> str:
    return hashlib.sha256(assets.layer_archive("python3.14-arm64").read_bytes()).hexdigest()


@pytest.fixture
def layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(assets, "LAYERS", tmp_path / "layers")
    return tmp_path / "layers"


def test_a_layer_is_built_once_and_always_the_same(layers: Path) -> None:
    assert assets.build_layer("python3.14-arm64")
    first = digest()
    assert not assets.build_layer("python3.14-arm64")
    assert assets.build_layer("python3.14-arm64", force=True)
    assert digest() == first


def test_the_archive_is_the_folder(layers: Path) -> None:
    assets.build_layer("local")
    folder = assets.layer_path("local")
    with zipfile.ZipFile(assets.layer_archive("local")) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
        modes = {one.filename: one.external_attr >> 16 for one in archive.infolist()}
    files = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert packed == files
    assert all(mode & 0o444 == 0o444 for mode in modes.values()), "Lambda reads as another user"


def test_a_layer_holds_the_binaries_of_its_platform(layers: Path) -> None:
    assets.build_layer("python3.14-arm64")
    packages = assets.layer_path("python3.14-arm64") / "python"
    binaries = [p.name for p in packages.rglob("orjson*.so")]
    assert binaries == ["orjson.cpython-314-aarch64-linux-gnu.so"]
    assert not (packages / "botocore").exists()  # the runtime brings it


def test_missing_and_stale_layers_are_refused(
    layers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(assets.AssetError, match="missing or stale; run: make assets"):
        assets.layer_path("python3.14-arm64")
    assets.build_layer("local")
    assert assets.layer_path("local").is_dir()
    changed = tmp_path / "lambda.txt"
    changed.write_text(assets.REQUIREMENTS.read_text() + "\n")
    monkeypatch.setattr(assets, "REQUIREMENTS", changed)
    with pytest.raises(assets.AssetError, match="missing or stale"):
        assets.layer_path("local")


def test_a_wheel_that_cannot_be_had_leaves_nothing_half_built(
    layers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = tmp_path / "lambda.txt"
    wrong.write_text("orjson==3.13.0 --hash=sha256:" + "0" * 64 + "\n")
    monkeypatch.setattr(assets, "REQUIREMENTS", wrong)
    with pytest.raises(assets.AssetError, match=r"python3\.14-arm64"):
        assets.build_layer("python3.14-arm64")
    assert not list(layers.glob("*"))
