"""EfficientNet-Lite0 up to its pooled features, with the parameter names of timm.

Source: Tan and Le, "EfficientNet" (2019); the Lite variant of Google's tpu/models repository: no
squeeze-and-excitation, ReLU6, stem and head of fixed width. A test compares it with timm's model.
timm itself is not imported, because that takes longer than loading all models, and 150 MB.
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

__all__ = ["EfficientNetLite0"]

_EPSILON = 1e-3  # of TensorFlow, with which the weights were trained
_STAGES = (
    # repeats, kernel, stride, expansion, width
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
_STEM, _HEAD = 32, 1280


class SameConv(nn.Conv2d):
    """A convolution with TensorFlow's "same" padding: the extra pixel goes to the far side."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1
    ) -> None:
        padding = (kernel - 1) // 2 if stride == 1 else 0
        super().__init__(inputs, outputs, kernel, stride, padding, groups=groups, bias=False)

    def forward(self, x: Tensor) -> Tensor:  # (N, C, H, W)
        if self.stride[0] > 1:
            rows, columns = (self._padding(side) for side in x.shape[-2:])
            x = F.pad(x, (columns // 2, columns - columns // 2, rows // 2, rows - rows // 2))
        return super().forward(x)

    def _padding(self, side: int) -> int:
        stride, kernel = self.stride[0], self.kernel_size[0]
        return max((-(-side // stride) - 1) * stride + kernel - side, 0)


class Norm(nn.BatchNorm2d):
    """Batch normalisation, followed by ReLU6 unless `bent` is False."""

    def __init__(self, width: int, *, bent: bool = True) -> None:
        super().__init__(width, eps=_EPSILON)
        self.bent = bent

    def forward(self, x: Tensor) -> Tensor:
        x = super().forward(x)
        return F.relu6(x) if self.bent else x


class Separable(nn.Module):
    """Depthwise-separable convolution: a depthwise and a pointwise one."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int) -> None:
        super().__init__()
        self.conv_dw, self.bn1 = SameConv(inputs, inputs, kernel, stride, inputs), Norm(inputs)
        self.conv_pw, self.bn2 = SameConv(inputs, outputs, 1), Norm(outputs, bent=False)

    def forward(self, x: Tensor) -> Tensor:
        narrow: Tensor = self.bn2(self.conv_pw(self.bn1(self.conv_dw(x))))
        return narrow


class Inverted(nn.Module):
    """Inverted residual block: expand, depthwise convolution, project; residual if shapes match."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        width = inputs * expansion
        self.conv_pw, self.bn1 = SameConv(inputs, width, 1), Norm(width)
        self.conv_dw, self.bn2 = SameConv(width, width, kernel, stride, width), Norm(width)
        self.conv_pwl, self.bn3 = SameConv(width, outputs, 1), Norm(outputs, bent=False)
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        wide = self.bn2(self.conv_dw(self.bn1(self.conv_pw(x))))
        narrow: Tensor = self.bn3(self.conv_pwl(wide))
        return narrow + x if self.adds else narrow


class EfficientNetLite0(nn.Module):
    """The feature extractor: (N, 3, S, S) float32, normalised -> (N, 1280)."""

    def __init__(self, classes: int = 1000) -> None:
        super().__init__()
        self.conv_stem, self.bn1 = SameConv(3, _STEM, 3, 2), Norm(_STEM)
        self.blocks = nn.Sequential()
        inputs = _STEM
        for repeats, kernel, stride, expansion, width in _STAGES:
            stage = nn.Sequential()
            for number in range(repeats):
                step = stride if number == 0 else 1
                stage.append(
                    Separable(inputs, width, kernel, step)
                    if expansion == 1
                    else Inverted(inputs, width, kernel, step, expansion)
                )
                inputs = width
            self.blocks.append(stage)
        self.conv_head, self.bn2 = SameConv(inputs, _HEAD, 1), Norm(_HEAD)
        self.classifier = nn.Linear(_HEAD, classes)
        """Part of the checkpoint; not applied, because the pooled features are its input."""

    def forward(self, x: Tensor) -> Tensor:
        x = self.bn2(self.conv_head(self.blocks(self.bn1(self.conv_stem(x)))))
        return F.adaptive_avg_pool2d(x, 1).flatten(1)
