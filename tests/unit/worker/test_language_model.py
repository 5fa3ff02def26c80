"""Decoding with a tiny language model: allowed tokens, padding, sampling, quantization."""

from pathlib import Path

import pytest
import torch

from worker.models.captioner.language_model import (
    LanguageModel,
    Sampling,
    _sample_nuclei,
    load_language_model,
)
from worker.models.captioner.lora import adapt, adapter_tensors, merge

CPU = torch.device("cpu")


@pytest.fixture(params=["tiny_gemma", "tiny_llama"])
def model(request: pytest.FixtureRequest) -> LanguageModel:
    folder: Path = request.getfixturevalue(request.param)
    return load_language_model(folder, CPU)


def _prompt(model: LanguageModel, text: str) -> torch.Tensor:
    return model.embed([model.bos, *model.encode(text)])


def test_greedy_decoding_equals_that_of_transformers(model: LanguageModel) -> None:
    ids = [model.bos, *model.encode("blue stripes")]
    ours = model.write([model.embed(ids)], Sampling(max_tokens=12), [0])[0]
    theirs = model.network.generate(
        torch.tensor([ids]), max_new_tokens=12, do_sample=False, eos_token_id=model.eos
    )
    assert ours == model.decode(theirs[0, len(ids) :].tolist()).split("\n")[0].rstrip()


def test_padding_does_not_change_the_output(model: LanguageModel) -> None:
    model.network.float()
    model._dtype = torch.float32
    short, long = _prompt(model, "blue"), _prompt(model, "a longer prompt about red dots")
    alone = model.write([short], Sampling(max_tokens=8), [0])
    together = model.write([short, long], Sampling(max_tokens=8), [0, 0])
    assert together[0] == alone[0]


def test_only_allowed_tokens_are_generated(model: LanguageModel) -> None:
    model.restrict(model.encode("red"))
    sampling = Sampling(max_tokens=30, temperature=1.0, top_p=1.0)
    written = model.write([_prompt(model, "blue stripes")], sampling, [3])[0]
    assert written
    assert set(written) <= set("red")


def test_allowed_token_indices_match_the_allowed_tokens(model: LanguageModel) -> None:
    ids = model.encode("red")
    model.restrict(ids)
    places = model.allowed_token_indices(torch.tensor([*ids, model.eos, *model.encode("z")]))
    assert [model.written[place] for place in places[:4]] == [*ids, model.eos]
    assert places[4] == -100


def test_sampling_depends_on_the_seed(model: LanguageModel) -> None:
    sampling = Sampling(max_tokens=20, temperature=1.0)
    prompt = _prompt(model, "blue stripes")
    one, same, other = (model.write([prompt], sampling, [seed])[0] for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_each_row_of_a_batch_has_its_own_seed(model: LanguageModel) -> None:
    sampling = Sampling(max_tokens=20, temperature=1.0)
    prompt = _prompt(model, "blue stripes")
    one, other = model.write([prompt, prompt], sampling, [1, 2])
    assert one != other


@pytest.mark.parametrize("top_p", [0.5, 0.9999])
def test_nuclei_are_those_of_all_tokens(top_p: float) -> None:
    torch.manual_seed(0)
    probabilities = torch.randn(2, 300).softmax(-1)  # a nucleus of more tokens than the likeliest
    draws = [torch.Generator().manual_seed(seed) for seed in range(40)]
    sampled = _sample_nuclei(probabilities, [0, 1] * 20, top_p, draws)
    ordered, index = probabilities.sort(descending=True)
    nuclei = ordered.where(ordered.cumsum(1) - ordered < top_p, 0.0)
    for number, token in enumerate(sampled):
        draw = torch.Generator().manual_seed(number)
        row = number % 2
        assert token == index[row, nuclei[row].multinomial(1, generator=draw)[0]]


def test_quantized_logits_are_close_to_the_original(model: LanguageModel) -> None:
    prompt = _prompt(model, "blue stripes and red dots").unsqueeze(0)
    with torch.inference_mode():
        exact = model.logits(model.body(inputs_embeds=prompt).last_hidden_state)
        model.restrict(range(4, 60))
        model.quantise()
        near = model.logits(model.body(inputs_embeds=prompt.float()).last_hidden_state)
    assert model.embed([5]).dtype == torch.float32
    correlation = torch.corrcoef(torch.stack([exact[..., model.written].flatten(), near.flatten()]))
    assert correlation[0, 1] > 0.97


def test_adapters_start_as_identity_and_merge_exactly(model: LanguageModel) -> None:
    model.network.float()
    prompt = _prompt(model, "blue stripes").float().unsqueeze(0)
    before = model.body(inputs_embeds=prompt).last_hidden_state
    adapt(model.body, ["q_proj", "up_proj"], rank=3)
    torch.testing.assert_close(model.body(inputs_embeds=prompt).last_hidden_state, before)
    trained = [p for p in model.body.parameters() if p.requires_grad]
    assert len(trained) == 2 * 2 * 2  # layers, targets, halves
    with torch.no_grad():
        for parameter in trained:
            parameter.normal_(std=0.2)
    adapted = model.body(inputs_embeds=prompt).last_hidden_state
    assert not torch.allclose(adapted, before)
    tensors = adapter_tensors(model.body)
    fresh = load_language_model(Path(model.network.config._name_or_path), CPU)
    fresh.network.float()
    merge(fresh.body, tensors)
    torch.testing.assert_close(
        fresh.body(inputs_embeds=prompt).last_hidden_state, adapted, rtol=1e-3, atol=1e-3
    )


def test_adapter_without_target_modules_is_rejected(model: LanguageModel) -> None:
    with pytest.raises(ValueError, match="no linear layer named absent"):
        adapt(model.body, ["absent"], rank=2)
