"""A multinomial naive Bayes classifier over counted tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SMOOTHING = 0.5

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class NaiveBayes:
    """``log_prior`` is per label, ``log_likelihood`` per label and token of the vocabulary."""

    labels: list[str]
    vocabulary: dict[str, int]
    log_prior: Floats
    log_likelihood: Floats

    @classmethod
    def fit(cls, examples: Sequence[tuple[Counter[str], str]]) -> NaiveBayes:
        labels = sorted({label for _, label in examples})
        vocabulary = {
            token: at for at, token in enumerate(sorted({token for tokens, _ in examples for token in tokens}))
        }
        counts = np.full((len(labels), len(vocabulary)), SMOOTHING)
        seen = np.zeros(len(labels))
        for tokens, label in examples:
            row = labels.index(label)
            seen[row] += 1
            for token, count in tokens.items():
                counts[row, vocabulary[token]] += count
        return cls(labels, vocabulary, np.log(seen / seen.sum()), np.log(counts / counts.sum(axis=1, keepdims=True)))

    def confidences(self, tokens: Counter[str]) -> dict[str, float]:
        """The probability of each label; they sum to 1.

        Tokens are not independent, so the plain product is far too sure of long inputs. Dividing by the root of their
        number keeps the confidence of one telling word and tempers that of a hundred.
        """
        known = {self.vocabulary[token]: count for token, count in tokens.items() if token in self.vocabulary}
        counts = np.array(list(known.values()), dtype=np.float64)
        evidence = self.log_likelihood[:, list(known)] @ counts / max(1.0, np.sqrt(counts.sum()))
        scores = self.log_prior + evidence
        shares = np.exp(scores - scores.max())
        return dict(zip(self.labels, (shares / shares.sum()).tolist(), strict=True))
