"""Gemma 3 from a GGUF file: a tiny model is written, converted and compared."""

from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, Gemma3ForCausalLM, Gemma3TextConfig

from worker.models.captioner.gguf import convert_gemma, gemma_folder
from worker.models.captioner.language_model import load_language_model
from worker.models.captioner.tokenizer import SENTENCEPIECE

TOKENS = [
    *("<pad>", "<eos>", "<bos>", "<unk>", "▁", "b", "l", "u", "e", "bl", "ue", "blue", "▁blue"),
    *(f"<0x{byte:02X}>" for byte in range(256)),
]
BLOCK = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "post_attention_norm",
    "pre_feedforward_layernorm": "ffn_norm",
    "post_feedforward_layernorm": "post_ffw_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def _gguf_name(name: str) -> str:
    name = name.removeprefix("model.").removesuffix(".weight")
    if name.startswith("layers."):
        _, layer, rest = name.split(".", 2)
        return f"blk.{layer}.{BLOCK[rest]}.weight"
    return {"embed_tokens": "token_embd", "norm": "output_norm"}[name] + ".weight"


@pytest.fixture(scope="module")
def original() -> Gemma3ForCausalLM:
    config = Gemma3TextConfig(
        vocab_size=len(TOKENS),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=7,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        query_pre_attn_scalar=16,
        sliding_window=8,
        max_position_embeddings=128,
        layer_types=["sliding_attention"] * 5 + ["full_attention", "sliding_attention"],
    )
    torch.manual_seed(0)
    model = Gemma3ForCausalLM(config)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "norm" in name:
                weight.normal_(std=0.3)
    return model.eval()


@pytest.fixture(scope="module")
def gguf_file(original: Gemma3ForCausalLM, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
    writer = gguf.GGUFWriter(path, "gemma3")
    config = original.config
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(1_000_000.0)
    writer.add_sliding_window(config.sliding_window)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(TOKENS)
    writer.add_token_scores([-float(index) for index in range(len(TOKENS))])
    writer.add_token_types([3, 3, 3, 2] + [1] * (len(TOKENS) - 260) + [6] * 256)
    writer.add_bos_token_id(2)
    writer.add_eos_token_id(1)
    writer.add_unk_token_id(3)
    writer.add_pad_token_id(0)
    writer.add_add_space_prefix(False)
    for name, weight in original.named_parameters():
        added = 1.0 if "norm" in name else 0.0
        kept = (weight.detach().numpy() + added).astype(np.float32)
        large = "embed" in name
        kind = gguf.GGMLQuantizationType.Q8_0 if large else gguf.GGMLQuantizationType.F32
        writer.add_tensor(_gguf_name(name), gguf.quants.quantize(kept, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_converted_model_computes_the_same_logits(
    original: Gemma3ForCausalLM, gguf_file: Path, tmp_path: Path
) -> None:
    folder = convert_gemma(gguf_file, tmp_path / "converted", torch.float32)
    converted = AutoModelForCausalLM.from_pretrained(folder).eval()
    ids = torch.tensor([[2, 11, 5, 6, 7, 8, 9, 10, 12, 4, 5, 6]])  # longer than the window
    with torch.inference_mode():
        ours, theirs = converted(ids).logits, original(ids).logits
    correlation = torch.corrcoef(torch.stack([ours.flatten(), theirs.flatten()]))[0, 1]
    assert correlation > 0.999  # the embeddings are quantized to 8 bits


def test_tokenizer_is_converted(gguf_file: Path, tmp_path: Path) -> None:
    convert_gemma(gguf_file, tmp_path)
    model = load_language_model(tmp_path, torch.device("cpu"))
    assert model.decode(model.encode("blue")) == "blue"
    assert (model.bos, model.eos) == (2, 1)


def test_finished_conversion_is_reused(gguf_file: Path, tmp_path: Path) -> None:
    weights = convert_gemma(gguf_file, tmp_path) / "model.safetensors"
    written = weights.stat().st_mtime_ns
    convert_gemma(gguf_file, tmp_path)
    assert weights.stat().st_mtime_ns == written


def test_interrupted_conversion_is_repeated(gguf_file: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    assert load_language_model(convert_gemma(gguf_file, tmp_path), torch.device("cpu")).width == 32


def test_other_architectures_are_rejected(tmp_path: Path) -> None:
    path = tmp_path / "other.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(ValueError, match="not 'gemma3'"):
        convert_gemma(path, tmp_path / "converted")


def test_conversion_runs_in_a_subprocess(gguf_file: Path, tmp_path: Path) -> None:
    folder = gemma_folder(gguf_file, tmp_path / "converted" / "sum")
    known = convert_gemma(gguf_file, tmp_path / "here")
    for name in ("config.json", "model.safetensors", "tokenizer.json", SENTENCEPIECE):
        assert (folder / name).read_bytes() == (known / name).read_bytes()


def test_error_of_the_subprocess_is_reported(tmp_path: Path) -> None:
    (tmp_path / "no.gguf").write_bytes(b"GGUF?")
    with pytest.raises(ValueError, match=r"converting .*no\.gguf failed: "):
        gemma_folder(tmp_path / "no.gguf", tmp_path / "converted" / "sum")


def test_damaged_converted_weights_are_converted_again(gguf_file: Path, tmp_path: Path) -> None:
    weights = convert_gemma(gguf_file, tmp_path) / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-8])
    assert (convert_gemma(gguf_file, tmp_path) / "model.safetensors").read_bytes() == whole
