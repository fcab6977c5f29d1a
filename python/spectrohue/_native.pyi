# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
from collections.abc import Callable
from typing import Any, Optional

import numpy as np
from numpy.typing import NDArray

ENCODE: int
DECODE: int
TRANSFORM: int

class Context:
    def __init__(self, device: str, threads: int) -> None: ...
    @property
    def name(self) -> str: ...

_Pairs = list[tuple[str, str]]
_Palette = Optional[NDArray[np.uint8]]

def version() -> str: ...
def keys(direction: int) -> list[str]: ...
def encode(
    context: Context, samples: NDArray[Any], sample_rate: int, settings: _Pairs
) -> tuple[NDArray[Any], Optional[str], _Palette]: ...
def load(path: str) -> tuple[NDArray[Any], Optional[str], _Palette]: ...
def save(path: str, pixels: NDArray[Any], note: Optional[str], palette: _Palette, settings: _Pairs) -> None: ...
def decode(
    context: Context, pixels: NDArray[Any], note: Optional[str], palette: _Palette, settings: _Pairs
) -> tuple[NDArray[np.float32], int, str, float, list[str]]: ...
def stft_size(n_samples: int, settings: _Pairs) -> tuple[int, int]: ...
def stft_magnitudes(
    context: Context, samples: NDArray[Any], settings: _Pairs, magnitudes: NDArray[np.float32]
) -> None: ...
def retrieve(
    context: Context, magnitudes: NDArray[np.float32], settings: _Pairs, samples: NDArray[np.float32]
) -> float: ...
def convert_files(
    context: Context,
    encodes: bool,
    sources: list[str],
    destinations: list[str],
    settings: _Pairs,
    finished: Callable[..., Any],
) -> None: ...
