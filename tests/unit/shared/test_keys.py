"""Secret key files are created once and readable by their owner only."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from shared.secret_key_file import load_or_create_key


def test_key_is_kept_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "home" / "key"
    assert load_or_create_key(path, b"first") == b"first"
    assert load_or_create_key(path, b"second") == b"first"
    assert path.stat().st_mode & 0o777 == 0o600


def test_concurrent_starts_create_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda n: load_or_create_key(tmp_path / "key", b"%d" % n), range(64)))
    assert len(found) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["key"]
