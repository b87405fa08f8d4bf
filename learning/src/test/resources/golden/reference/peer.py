"""PyTorch, configured to give the same bytes on every machine: float64, one thread, baseline CPU instructions."""

import os

os.environ["ATEN_CPU_CAPABILITY"] = "default"  # read while torch is imported

import torch
from torch.nn import functional
from torch.optim import lr_scheduler

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

__all__ = ["functional", "lr_scheduler", "torch"]
