"""The int8 Gemma decoder: equality with transformers, and its converted file."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from worker.models.captioner.compact import BODY, CompactGemma, Rows, compact_shape, load_compact
from worker.models.captioner.language_model import LanguageModel, Sampling, load_language_model
from worker.models.captioner.lora import merge

CPU = torch.device("cpu")
LETTERS = range(4, 90)


def _adapters() -> dict[str, Tensor]:
    torch.manual_seed(3)
    return {
        "layers.0.self_attn.q_proj.down": 0.3 * torch.randn(2, 32),
        "layers.0.self_attn.q_proj.up": 0.3 * torch.randn(32, 2),
        "layers.1.mlp.down_proj.down": 0.3 * torch.randn(2, 64),
        "layers.1.mlp.down_proj.up": 0.3 * torch.randn(32, 2),
    }


def _load(folder: Path, cache: Path) -> CompactGemma:
    shape = compact_shape(folder)
    assert shape is not None
    tensors = {f"lora.{key}": value for key, value in _adapters().items()}
    tensors["vocabulary"] = torch.tensor(LETTERS)
    return load_compact(folder, shape, tensors, lora_scale=2.0, cache=cache / "converted" / "own")


@pytest.fixture
def compact(tiny_gemma: Path, tmp_path: Path) -> CompactGemma:
    return _load(tiny_gemma, tmp_path)


@pytest.fixture
def theirs(tiny_gemma: Path) -> LanguageModel:
    model = load_language_model(tiny_gemma, CPU)
    merge(model.body, _adapters(), scale=2.0)
    model.restrict(LETTERS)
    model.quantise()
    return model


def _prompts(model: CompactGemma | LanguageModel, *texts: str) -> list[Tensor]:
    return [model.embed([model.bos, *model.encode(text)]) for text in texts]


@pytest.mark.parametrize(
    "texts",
    [
        ("blue",),
        ("red dots", "red dots"),
        ("blue", "a prompt that is longer than the window of the layers that slide"),
    ],
    ids=["one", "alike", "padded"],
)
@pytest.mark.parametrize("temperature", [0.0, 0.8])
@torch.inference_mode()
def test_output_equals_that_of_transformers(
    compact: CompactGemma, theirs: LanguageModel, texts: tuple[str, ...], temperature: float
) -> None:
    sampling = Sampling(max_tokens=24, temperature=temperature)
    ours, known = _prompts(compact, *texts), _prompts(theirs, *texts)
    for one, other in zip(ours, known, strict=True):
        assert torch.equal(one, other)
    seeds = list(range(len(texts)))
    written = compact.write(ours, sampling, seeds)
    assert written == theirs.write(known, sampling, seeds)
    assert any(written)


@torch.inference_mode()
def test_hidden_states_equal_those_of_transformers(
    compact: CompactGemma, theirs: LanguageModel
) -> None:
    (prompt,) = _prompts(compact, "a prompt that is longer than the window")
    inputs, mask = prompt[None], torch.ones(1, len(prompt), dtype=torch.long)
    known = theirs.body(inputs_embeds=inputs).last_hidden_state
    ours = compact.body(
        inputs, mask, torch.arange(len(prompt))[None], compact.body.begin(1, len(prompt))
    )
    torch.testing.assert_close(ours, known, rtol=1e-4, atol=1e-4)


@torch.inference_mode()
def test_prefill_in_parts_gives_the_same_result(compact: CompactGemma) -> None:
    (prompt,) = _prompts(compact, "blue stripes and more")
    places, mask = torch.arange(len(prompt))[None], torch.ones(1, len(prompt), dtype=torch.long)
    whole = compact.body(prompt[None], mask, places, compact.body.begin(1, 40))
    kept = compact.body.begin(1, 40)
    compact.body(prompt[None, :-1], mask[:, :-1], places[:, :-1], kept)
    last = compact.body(prompt[None, -1:], mask, places[:, -1:], kept)
    # the activations are quantized for each call
    torch.testing.assert_close(last[0, -1], whole[0, -1], rtol=0.1, atol=0.1)


@torch.inference_mode()
def test_forked_prefill_equals_separate_prefills(compact: CompactGemma) -> None:
    (prompt,) = _prompts(compact, "blue stripes")
    length = len(prompt)
    following = torch.stack([compact.embed([token]) for token in (20, 30, 40)])  # (3, 1, D)

    def continued(rows: int) -> Tensor:
        kept = compact.body.begin(3, 40)
        mask = torch.ones(rows, length, dtype=torch.long)
        places = torch.arange(length).expand(rows, -1)
        compact.body(prompt.expand(rows, -1, -1), mask, places, kept)
        kept.fork(rows, [0] * (3 - rows))
        mask = torch.ones(3, length + 1, dtype=torch.long)
        return compact.body(following, mask, torch.full((3, 1), length), kept)

    assert torch.equal(continued(1), continued(3))


def _written_apart(model: CompactGemma, prompt: Tensor, seeds: Sequence[int]) -> list[str]:
    """Write texts of one prompt that share no rows, with the sampling of torch."""
    draws = [torch.Generator().manual_seed(seed) for seed in seeds]
    inputs = prompt.expand(len(seeds), -1, -1)
    mask, kept = torch.ones(inputs.shape[:2]), model.body.begin(len(seeds), len(prompt) + 24)
    texts: list[list[int]] = [[] for _ in seeds]
    for _ in range(24):
        places = torch.arange(mask.shape[1] - inputs.shape[1], mask.shape[1])
        hidden = model.body(inputs, mask, places.expand(len(seeds), -1), kept)[:, -1]
        ordered, index = (model.logits(hidden) / 0.8).softmax(-1).sort(descending=True)
        nuclei = ordered.where(ordered.cumsum(1) - ordered < 0.9, 0.0)
        for text, nucleus, row, draw in zip(texts, nuclei, index, draws, strict=True):
            text.append(model.written[row[nucleus.multinomial(1, generator=draw)[0]]])
        inputs = model.embed([text[-1] for text in texts])[:, None]
        mask = torch.ones(len(seeds), mask.shape[1] + 1)
    ends = [text.index(model.eos) if model.eos in text else None for text in texts]
    decoded = [model.decode(text[:end]) for text, end in zip(texts, ends, strict=True)]
    return [text.split("\n")[0].rstrip() for text in decoded]


@torch.inference_mode()
def test_drafts_that_share_rows_equal_drafts_written_apart(compact: CompactGemma) -> None:
    (prompt,) = _prompts(compact, "blue")
    seeds = [3, 4, 5, 3, 7, 8]
    sampling = Sampling(max_tokens=24, temperature=0.8, top_p=0.9)
    drafts = compact.write([prompt] * len(seeds), sampling, seeds)
    assert drafts == _written_apart(compact, prompt, seeds)
    assert drafts[0] == drafts[3]
    assert len(set(drafts)) == len(seeds) - 1


def test_converted_weights_are_cached(tiny_gemma: Path, tmp_path: Path) -> None:
    _load(tiny_gemma, tmp_path)
    body = tmp_path / "converted" / "own" / BODY
    made = body.stat().st_mtime_ns
    _load(tiny_gemma, tmp_path)
    assert body.stat().st_mtime_ns == made


def test_damaged_converted_weights_are_converted_again(tiny_gemma: Path, tmp_path: Path) -> None:
    _load(tiny_gemma, tmp_path)
    body = tmp_path / "converted" / "own" / BODY
    whole = body.read_bytes()
    body.write_bytes(whole[:-100])
    _load(tiny_gemma, tmp_path)
    assert body.read_bytes() == whole


def test_other_architectures_use_transformers(tiny_llama: Path) -> None:
    assert compact_shape(tiny_llama) is None


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
def test_embedding_rows_are_read_from_the_file(tmp_path: Path, dtype: torch.dtype) -> None:
    matrix = torch.randn(7, 5).to(dtype)
    save_file({"a": torch.ones(3), "wanted": matrix}, tmp_path / "file")
    rows = Rows(tmp_path / "file", "wanted")
    assert torch.equal(rows([6, 0, 6]), matrix[[6, 0, 6]])
    assert rows([]).shape == (0, 5)
    with pytest.raises(IndexError):
        rows([7])
