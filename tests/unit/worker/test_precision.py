"""The data type of matrix products on each device."""

import pytest
import torch

from worker.models.precision import matmul_autocast, matmul_dtype


@pytest.mark.parametrize(
    ("able", "dtype"),
    [
        ({"avx2": True, "avx512_bf16": False, "amx_bf16": False}, torch.float32),
        ({"avx512_f": True, "avx512_bf16": False}, torch.float32),
        ({"avx512_bf16": True}, torch.bfloat16),
        ({"avx512_bf16": False, "amx_bf16": True}, torch.bfloat16),
        ({"neon": True, "bf16": True}, torch.bfloat16),
        ({}, torch.float32),
    ],
)
def test_cpu_uses_bfloat16_only_with_native_support(
    able: dict[str, bool], dtype: torch.dtype
) -> None:
    assert matmul_dtype("cpu", able) == dtype


def test_other_devices_use_bfloat16() -> None:
    assert matmul_dtype("cuda", {}) == torch.bfloat16


def test_autocast_context_uses_that_data_type() -> None:
    square = torch.ones(2, 2)
    with matmul_autocast("cpu"):
        assert (square @ square).dtype == matmul_dtype("cpu")
