"""Converts Gemma 3 from a GGUF file to a folder that transformers can memory-map.

Source of the format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md; of the tensor
names: llama.cpp's converter, which also adds 1 to every norm's weight.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from worker.models.captioner.tokenizer import JSON, SENTENCEPIECE, save_sentencepiece
from worker.models.checksums import has_valid_checksum, write_with_checksum

if TYPE_CHECKING:
    from gguf import GGUFReader
    from transformers import Gemma3TextConfig

__all__ = ["convert_gemma", "gemma_folder"]

WEIGHTS = "model.safetensors"
_LAYER_NAMES = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "attn_norm": "input_layernorm",
    "post_attention_norm": "post_attention_layernorm",
    "ffn_norm": "pre_feedforward_layernorm",
    "post_ffw_norm": "post_feedforward_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_TOP_LEVEL_NAMES = {"token_embd": "embed_tokens", "output_norm": "norm"}
_SLIDING_ROPE_BASE = 10_000.0
_GLOBAL_EVERY = 6


def gemma_folder(gguf_file: Path, folder: Path) -> Path:
    """Return the converted folder, running `convert_gemma` in a subprocess if needed.

    The conversion takes memory that a process hardly returns to the system, hence the subprocess.

    Raises:
        ValueError: the conversion failed.
    """
    if _is_converted(folder):
        return folder
    command = [sys.executable, "-m", "worker.models.captioner.gguf", str(gguf_file), str(folder)]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    if process.returncode != 0:
        reason = process.stderr.strip().splitlines()[-1:] or [f"exit {process.returncode}"]
        raise ValueError(f"converting {gguf_file} failed: {reason[0]}")
    return folder


def convert_gemma(gguf_file: Path, folder: Path, dtype: torch.dtype = torch.bfloat16) -> Path:
    """Write config, weights and tokenizer, the latter in two formats; return the folder.

    What exists is kept. Files are renamed into place when they are complete, so an interrupted
    conversion is repeated. Takes about 30 s and 540 MB for 270 M parameters.

    Raises:
        ValueError: the architecture is not Gemma 3.
    """
    if not _is_valid(folder / WEIGHTS):
        _convert(gguf_file, folder, dtype)
    if not _is_valid(folder / SENTENCEPIECE):
        write_with_checksum(
            folder / SENTENCEPIECE, lambda path: save_sentencepiece(folder / JSON, path)
        )
    return folder


def _convert(gguf_file: Path, folder: Path, dtype: torch.dtype) -> None:
    from gguf import GGUFReader
    from safetensors.torch import save_file

    reader = GGUFReader(str(gguf_file))
    architecture = _field(reader, "general.architecture")
    if architecture != "gemma3":
        raise ValueError(f"{gguf_file} has the architecture {architecture!r}, not 'gemma3'")
    folder.mkdir(parents=True, exist_ok=True)
    _config(reader).save_pretrained(folder)
    _save_tokenizer(gguf_file, folder)
    tensors = dict(_tensors(reader, dtype))
    write_with_checksum(
        folder / WEIGHTS, lambda path: save_file(tensors, path, metadata={"format": "pt"})
    )


def _is_converted(folder: Path) -> bool:
    return _is_valid(folder / WEIGHTS) and _is_valid(folder / SENTENCEPIECE)


def _is_valid(path: Path) -> bool:
    return has_valid_checksum(path, path.parents[2])


def _field(reader: GGUFReader, key: str) -> Any:
    field = reader.get_field(key)
    if field is None:
        raise ValueError(f"the GGUF file lacks the field {key}")
    return field.contents()


def _config(reader: GGUFReader) -> Gemma3TextConfig:
    from transformers import Gemma3TextConfig

    def number(key: str) -> Any:
        return _field(reader, f"gemma3.{key}")

    layers = number("block_count")
    return Gemma3TextConfig(
        vocab_size=len(_field(reader, "tokenizer.ggml.tokens")),
        hidden_size=number("embedding_length"),
        intermediate_size=number("feed_forward_length"),
        num_hidden_layers=layers,
        num_attention_heads=number("attention.head_count"),
        num_key_value_heads=number("attention.head_count_kv"),
        head_dim=number("attention.key_length"),
        query_pre_attn_scalar=number("attention.key_length"),
        rms_norm_eps=number("attention.layer_norm_rms_epsilon"),
        sliding_window=number("attention.sliding_window"),
        max_position_embeddings=number("context_length"),
        layer_types=[
            "sliding_attention" if (layer + 1) % _GLOBAL_EVERY else "full_attention"
            for layer in range(layers)
        ],
        rope_parameters={
            "full_attention": {"rope_type": "default", "rope_theta": number("rope.freq_base")},
            "sliding_attention": {"rope_type": "default", "rope_theta": _SLIDING_ROPE_BASE},
        },
    )


def _tensors(reader: GGUFReader, dtype: torch.dtype) -> Iterator[tuple[str, Tensor]]:
    from gguf.quants import dequantize

    for tensor in reader.tensors:
        # dequantize returns numpy (rows, columns) float32, already in torch's order
        weight = torch.tensor(dequantize(tensor.data, tensor.tensor_type))
        if "norm" in tensor.name:
            weight = weight - 1.0
        yield _torch_name(tensor.name), weight.to(dtype).contiguous()


def _torch_name(name: str) -> str:
    parts = name.removesuffix(".weight").split(".")
    if parts[0] == "blk":
        return f"model.layers.{parts[1]}.{_LAYER_NAMES[parts[2]]}.weight"
    return f"model.{_TOP_LEVEL_NAMES[parts[0]]}.weight"


def _save_tokenizer(gguf_file: Path, folder: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(gguf_file.parent, gguf_file=gguf_file.name)
    tokenizer.backend_tokenizer.save(str(folder / JSON))


if __name__ == "__main__":
    convert_gemma(Path(sys.argv[1]), Path(sys.argv[2]))
