"""GPU-pinned workers: resident models, pure stages and training."""
