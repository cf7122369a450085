"""Logits -> the probabilities of each head, and those of a reading, which combines both heads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class Scaling:
    """Logits -> calibrated probabilities.

    Temperature scaling (Guo et al. 2017) with a second parameter: the difference of a logit to the
    highest one is raised to `exponent` and divided by `temperature` before the softmax. Exponent 1
    is temperature scaling; above 1, small differences count less and large ones more. The order of
    the classes is kept.
    """

    temperature: float = 1.0
    exponent: float = 1.0

    def __call__(self, logits: Tensor) -> Tensor:
        """float [n, classes] -> float [n, classes], rows sum to 1."""
        difference = logits.amax(dim=1, keepdim=True) - logits
        return F.softmax(-difference.pow(self.exponent) / self.temperature, dim=1)


@dataclass(frozen=True)
class Readout:
    """The logits of both heads -> the probabilities of a reading.

    The raters' votes alone call an angry face neutral, since neutral is what they see most often.
    Their frequencies are therefore divided out (logit adjustment, Menon et al. 2021), and
    FER2013's labels, less their own frequencies, count for something beside them.

    Attributes:
        offsets: added to the raters' logits, 8 numbers.
        label_offsets: added to the logarithms of the labels' probabilities, 7 numbers.
        label_weight: how much these count for the seven emotions.
        scaling: of the result.
    """

    offsets: tuple[float, ...]
    label_offsets: tuple[float, ...]
    label_weight: float = 0.0
    scaling: Scaling = Scaling()

    def __call__(self, logits: Mapping[str, Tensor]) -> Tensor:
        """Head -> logits [n, classes]; gives float [n, 8], rows sum to 1."""
        return self.scaling(self.logits(logits))

    def logits(self, logits: Mapping[str, Tensor]) -> Tensor:
        """The same before scaling, float [n, 8]."""
        found = logits["raters"] + torch.tensor(self.offsets)
        if self.label_weight:
            labels = F.log_softmax(logits["fer2013"], dim=1) + torch.tensor(self.label_offsets)
            found = found + F.pad(self.label_weight * labels, (0, 1))  # no label is contempt
        return found
