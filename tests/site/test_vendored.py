from hashlib import sha256
from pathlib import Path

import pytest

VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"
FOLDERS = sorted(folder.name for folder in VENDOR.iterdir() if folder.is_dir())


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_vendored_file_matches_its_checksum(folder: str):
    lines = (VENDOR / folder / "SHA256SUMS").read_text().splitlines()
    listed = {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}

    present = {
        str(path.relative_to(VENDOR / folder)): sha256(path.read_bytes()).hexdigest()
        for path in (VENDOR / folder).rglob("*")
        if path.is_file() and path.name != "SHA256SUMS"
    }

    assert present == listed


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_vendored_package_carries_its_licence(folder: str):
    assert [path.name for path in (VENDOR / folder).iterdir() if path.name.upper().startswith(("LICENSE", "OFL"))]
