"""The converted tokenizer gives the tokens and texts of the tokenizer.json that it comes from."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer as OfJson
from tokenizers import decoders, models

from benchmarks.gallery_briefs import BRIEFS
from worker.evaluation.briefs import briefs
from worker.models.captioner.gguf import _save_tokenizer
from worker.models.captioner.tokenizer import (
    JSON,
    SENTENCEPIECE,
    Tokenizer,
    load_tokenizer,
    save_sentencepiece,
)
from worker.models.weight_locator import Places, bundled_folder, find_weights
from worker.training.captioner.examples import Examples
from worker.training.captioner.pictures import Pictures

ROOT = Path(__file__).parents[3]
ALPHABETS = (
    *("ab ", "a", "aA \n", "<>unkbospadeimg_/ 0x", "的一是 ，。", "▁ x", "0123456789", "=-*#"),
    *(
        "ɐ😀e\u0301👩\u200d",
        "\x00\x01\x7f\u0085\u00a0\u2028\ufeff",
        "αβγ кириллица",
        "한국어 日本語 ",
    ),
)
FAR_APART = ((1, 0xD7FF), (0xE000, 0x10FFFF), (32, 126), (0x4E00, 0x9FFF))


def _texts_of_project() -> Iterator[str]:
    """Yield all briefs, examples of all captions, and the lines of all documents."""
    for path in sorted((ROOT / "worker" / "evaluation").glob("*.jsonl")):
        yield from (json.loads(line)["text"] for line in path.read_text("utf-8").splitlines())
    yield from BRIEFS
    yield from (brief.text for brief in briefs(2000))
    blank = Pictures(
        split="train",
        specs=(),
        features=np.zeros((0, 1), np.float32),
        palettes=np.zeros((0, 1), np.float32),
        labels=(),
    )
    for index in range(3000):
        example = Examples(blank, seed=1).example(index, with_picture=False)
        yield from (example.brief, example.target, " " + example.target)
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("web/**/*.po")]:
        yield from path.read_text("utf-8").splitlines()


def _odd_texts(count: int) -> Iterator[str]:
    """Yield runs of spaces, special tokens, control characters, rare scripts and the like."""
    rng = random.Random(0)
    yield from (
        "",
        "  the",
        "<bos>a<eos>",
        "<unk>",
        "<0x0A>",
        "\r\n\t",
        "[multimodal]",
        "<unused3>",
    )
    for _ in range(count):
        alphabet = rng.choice(ALPHABETS) + rng.choice(ALPHABETS)
        yield "".join(rng.choices(alphabet, k=rng.randint(1, 40)))
        ranges = rng.choices(FAR_APART, k=rng.randint(1, 20))
        yield "".join(chr(rng.randint(*ends)) for ends in ranges)


@pytest.fixture(scope="module")
def gemma(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tokenizer, Tokenizer]:
    """Return the bundled language model's tokenizer, from its tokenizer.json and converted."""
    cache = tmp_path_factory.mktemp("cache")
    manifest = json.loads((bundled_folder() / "manifest.json").read_text("utf-8"))
    entry = next(entry for entry in manifest["versions"] if entry["role"] == "captioner")
    source = find_weights(entry, Places(cache=cache, bundled=bundled_folder()))
    _save_tokenizer(source.file("language_model"), cache)
    before = load_tokenizer(cache)
    save_sentencepiece(cache / JSON, cache / SENTENCEPIECE)
    return before, load_tokenizer(cache)


@pytest.mark.weights
@pytest.mark.slow
def test_texts_of_the_project_have_the_same_tokens(gemma: tuple[Tokenizer, Tokenizer]) -> None:
    before, after = gemma
    texts = list(_texts_of_project())
    assert len(texts) > 20_000
    for text in texts:
        ids = before.encode(text)
        assert after.encode(text) == ids, text
        assert after.decode(ids) == before.decode(ids), text


@pytest.mark.weights
@pytest.mark.slow
def test_odd_texts_have_the_same_tokens(gemma: tuple[Tokenizer, Tokenizer]) -> None:
    before, after = gemma
    for text in _odd_texts(10_000):
        ids = before.encode(text)
        assert after.encode(text) == ids, repr(text)
        assert after.decode(ids) == before.decode(ids), repr(text)


@pytest.mark.weights
@pytest.mark.slow
def test_any_tokens_are_decoded_alike(gemma: tuple[Tokenizer, Tokenizer]) -> None:
    """Also bytes that are no UTF-8, which a model may write and no text has."""
    before, after = gemma
    rng = random.Random(0)
    tokens_of_bytes = before.encode("\U0010ffff\u0085é日")
    for _ in range(5000):
        ids = [
            rng.choice(tokens_of_bytes) if rng.random() < 0.5 else rng.randrange(262_144)
            for _ in range(rng.randint(0, 12))
        ]
        assert after.decode(ids) == before.decode(ids), ids


def test_tokenizer_of_another_kind_is_rejected(tmp_path: Path) -> None:
    tokenizer = OfJson(models.BPE({"a": 0}, [], unk_token="a"))
    tokenizer.decoder = decoders.Fuse()
    tokenizer.save(str(tmp_path / JSON))
    with pytest.raises(ValueError, match="not a tokenizer of Gemma"):
        save_sentencepiece(tmp_path / JSON, tmp_path / SENTENCEPIECE)
    assert not (tmp_path / SENTENCEPIECE).exists()
