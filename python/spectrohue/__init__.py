# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Sounds to spectrogram pictures and back: hue is phase, brightness is magnitude.

Arrays go in and come out as numpy arrays, with no copy where none is needed. Besides numpy arrays everything is taken
that numpy can view (DLPack, the array interface, the buffer protocol, lists). What lies in the memory of a device is
copied to the host first, by DLPack or the object's own ``get()`` or ``cpu()``; results are always in host memory,
whatever ``device`` computed them.

All functions release the interpreter's lock while they compute, and may be called from many threads at once.

Settings are the options of ``spectrohue encode`` and ``spectrohue decode``, with underscores: ``n_fft=1024``,
``freq_scale="mel"``, ``phase_method="griffinlim"``, ``drop_top=True``. A name or a value that there is not is a
ValueError that lists those there are; ``None`` is as if it was not given.

Arguments that most functions have:

device   ``"auto"`` (the first CUDA device if there is one, else the CPU), ``"cpu"``, ``"cuda"`` or ``"cuda:N"``
threads  that one call may use; 0: one a processor. Results do not depend on it.

Errors: ValueError (an argument or a setting is impossible, or data contradicts itself), OSError (files), MemoryError,
RuntimeError (not supported, or the device). Their texts say what to do. What is worth knowing but no error, for example
parameters that were assumed for want of a note, is a SpectrohueWarning.
"""

from __future__ import annotations

import json
import math
import operator
import os
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional, Union

import numpy as np
from numpy.typing import NDArray

from . import _native

__all__ = [
    "FileResult",
    "Picture",
    "SpectrohueWarning",
    "decode",
    "decode_file",
    "decode_files",
    "encode",
    "encode_file",
    "encode_files",
    "griffinlim",
    "load",
    "retrieve",
    "save",
    "settings",
    "stft_magnitudes",
]

__version__: str = _native.version()

PathType = Union[str, "os.PathLike[str]"]
Setting = Union[str, int, float, bool, "os.PathLike[str]", None]


class SpectrohueWarning(UserWarning):
    """What should be known about a result that is there all the same."""


def settings(of: str = "encode") -> list[str]:
    """Names of the settings that ``encode``, ``decode`` or ``retrieve`` take besides their own arguments."""
    directions = {"encode": _native.ENCODE, "decode": _native.DECODE, "retrieve": _native.TRANSFORM}
    if of not in directions:
        raise ValueError(f"settings of {of!r} are not known; there are those of {', '.join(directions)}")
    return _native.keys(directions[of])


# --- contexts ---------------------------------------------------------------------------------------------------------


class _Contexts:
    """What computes, kept for the next call. A context serves one thread at a time: CPUs get one for each thread that
    computes, a GPU one that all share, because its memory is divided between them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free: dict[tuple[str, int], list[_native.Context]] = {}
        self._shared: dict[tuple[str, int], _native.Context] = {}

    @contextmanager
    def use(self, device: str, threads: int) -> Iterator[_native.Context]:
        key = (str(device), operator.index(threads))
        with self._lock:
            context = self._shared.get(key)
            if context is None and self._free.get(key):
                context = self._free[key].pop()
            if context is None:
                context = _native.Context(*key)
                if not context.name.startswith("cpu"):
                    self._shared[key] = context
        try:
            yield context
        finally:
            with self._lock:
                if key not in self._shared:
                    self._free.setdefault(key, []).append(context)


_contexts = _Contexts()
_abandoned: list[_Contexts] = []


def _begin_anew() -> None:
    """In the child of a fork: contexts are the parent's, and are neither used nor freed here."""
    global _contexts
    _abandoned.append(_contexts)
    _contexts = _Contexts()


os.register_at_fork(after_in_child=_begin_anew)


# --- arguments --------------------------------------------------------------------------------------------------------

_DLPACK_HOST = (1, 3)  # kDLCPU, kDLCUDAHost


def _copied_to_host(x: Any, name: str) -> NDArray[Any]:
    reasons = []
    try:
        return np.from_dlpack(x, device="cpu", copy=True)
    except Exception as error:  # whatever its owner raises
        reasons.append(str(error))
    for method in ("get", "cpu"):  # CuPy's and PyTorch's
        if hasattr(x, method):
            try:
                return np.asarray(getattr(x, method)())
            except Exception as error:
                reasons.append(str(error))
    raise ValueError(
        f"{name} lie in the memory of a device, and their owner does not copy them to the host; do that before "
        f"({'; '.join(reasons)})"
    )


def _in_host_memory(x: Any, name: str) -> NDArray[Any]:
    if isinstance(x, np.ndarray):
        return x
    if hasattr(x, "__dlpack_device__"):
        if x.__dlpack_device__()[0] not in _DLPACK_HOST:
            return _copied_to_host(x, name)
        try:
            return np.from_dlpack(x)
        except (BufferError, RuntimeError, TypeError, AttributeError):
            pass  # by another way
    elif hasattr(x, "__cuda_array_interface__"):
        return _copied_to_host(x, name)
    return np.asarray(x)


def _samples(x: Any, name: str = "samples") -> NDArray[Any]:
    """[channels, n] floats or 16-bit integers in host memory, with strides that the library takes."""
    array = _in_host_memory(x, name)
    if array.ndim == 1:
        array = array[np.newaxis, :]
    if array.ndim != 2:
        raise ValueError(f"{name} have the shape {array.shape}; it should be (channels, n) or (n,)")
    native = array.dtype.newbyteorder("=")
    if native in (np.float64, np.float16):
        array, native = array.astype(np.float32), np.dtype(np.float32)
    if native not in (np.float32, np.int16):
        raise ValueError(
            f"{name} are of type {array.dtype}; take floats, of full scale 1, or int16 "
            "(other integers: divide them by their full scale first)"
        )
    array = array.astype(native, copy=False)
    if any(stride <= 0 or stride % array.itemsize for stride in array.strides) or not array.flags.aligned:
        array = np.ascontiguousarray(array)
    return array


def _pixels(x: Any) -> NDArray[Any]:
    """[height, width, channels], each row without gaps."""
    array = _in_host_memory(x, "pixels")
    if array.ndim == 2:
        array = array[:, :, np.newaxis]
    if array.ndim != 3 or array.shape[2] not in (1, 2, 3):
        raise ValueError(
            f"pixels have the shape {array.shape}; it should be (height, width) or (height, width, 1 to 3)"
        )
    native = np.dtype(np.float32) if array.dtype.kind == "f" else array.dtype.newbyteorder("=")
    if native not in (np.uint8, np.uint16, np.float32):
        raise ValueError(f"pixels are of type {array.dtype}; take uint8, uint16 or float32")
    row = (array.shape[2] * array.itemsize, array.itemsize)
    is_tight = array.strides[1:] == row and array.strides[0] >= array.shape[1] * row[0]
    if not is_tight or array.dtype != native or not array.flags.aligned:
        array = np.ascontiguousarray(array, dtype=native)
    return array


def _text(name: str, value: Setting) -> str:
    if isinstance(value, (bool, np.bool_)):
        return "on" if value else "off"
    if isinstance(value, (str, os.PathLike)):
        return os.fspath(value)
    try:
        return str(operator.index(value))  # type: ignore[arg-type]
    except TypeError:
        pass
    try:
        return repr(float(value))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise TypeError(f"the setting {name} is a {type(value).__name__}; take a text, a number or a bool") from None


def _pairs(given: dict[str, Setting]) -> list[tuple[str, str]]:
    return [(name, _text(name, value)) for name, value in given.items() if value is not None]


def _rate(sample_rate: Any) -> int:
    rate = float(sample_rate)
    if not (rate == math.floor(rate) and 1 <= rate < 2**31):
        raise ValueError(f"the sample rate {sample_rate!r} is not a whole number of Hz above 0")
    return int(rate)


# --- pictures ---------------------------------------------------------------------------------------------------------


@dataclass
class Picture:
    """A spectrogram as pixels, and what they mean.

    pixels   (height, width) gray, or indices into `palette`; (height, width, 3) red, green, blue; (height, width, 2)
             real and imaginary part. uint8, uint16 or float32. Row 0 is the highest bin, a column is a frame, the
             sound's channels lie one on another, unless settings said otherwise.
    note     all that ``decode`` needs (docs/format.md), or None: another program made the picture
    palette  (n, 3) uint8, or None
    """

    pixels: NDArray[Any]
    note: Optional[dict[str, Any]] = None
    palette: Optional[NDArray[np.uint8]] = None

    @staticmethod
    def load(path: PathType) -> Picture:
        """See the function ``load``."""
        return load(path)

    def save(
        self,
        path: PathType,
        *,
        overwrite: bool = False,
        compression: Union[str, int] = "fast",
        quality: int = 95,
        sidecar: bool = False,
        force: bool = False,
    ) -> None:
        """Writes it to a file of the type that the extension says: .png .tiff .npy .npz .jpg .webp. The file gets its
        name when it is whole. The note goes into it, or beside it (NAME.json) where the type has no room for it.

        overwrite    a file that exists is replaced; else that is a ValueError
        compression  of PNG: "fast", "small", or 1 to 12
        quality      of JPEG and WebP: 1 to 100
        sidecar      the note goes beside the file in any case
        force        lets JPEG and WebP have phases, which they ruin; else that is a ValueError

        Raises ValueError, OSError, RuntimeError (the type cannot hold such pixels).
        """
        given: dict[str, Setting] = {
            "compression": compression,
            "picture_quality": quality,
            "sidecar": sidecar,
            "force": force,
            "overwrite": overwrite,
        }
        _native.save(os.fspath(path), _pixels(self.pixels), _note_text(self.note), self._palette(), _pairs(given))

    def rgb(self) -> NDArray[Any]:
        """(height, width, 3): its colours, for programs that show pictures. Floats have none: ValueError."""
        pixels = np.asarray(self.pixels)
        if pixels.dtype == np.float32:
            raise ValueError("pictures of floats have no colours")
        if self.palette is not None:
            colours: NDArray[Any] = self.palette[pixels.reshape(pixels.shape[:2])]
            return colours
        if pixels.ndim == 3 and pixels.shape[2] == 3:
            return pixels
        return np.repeat(pixels.reshape(*pixels.shape[:2], 1), 3, axis=2)

    def _palette(self) -> Optional[NDArray[np.uint8]]:
        return None if self.palette is None else np.ascontiguousarray(self.palette, dtype=np.uint8)


def _note_text(note: Any) -> Optional[str]:
    if note is None or isinstance(note, str):
        return note
    return json.dumps(note, allow_nan=False)


def _picture(parts: tuple[NDArray[Any], Optional[str], Optional[NDArray[np.uint8]]]) -> Picture:
    pixels, note, palette = parts
    if pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    return Picture(pixels, None if note is None else json.loads(note), palette)


def load(path: PathType) -> Picture:
    """Reads a picture file (PNG, TIFF, NPY, NPZ, JPEG, WebP, BMP ...) with the note in it or beside it, if there is
    one. Raises OSError (not there, no permission), ValueError (no picture, or damaged), RuntimeError (a type that is
    not read)."""
    return _picture(_native.load(os.fspath(path)))


def save(path: PathType, picture: Picture, **options: Any) -> None:
    """``picture.save(path, **options)``."""
    picture.save(path, **options)


# --- sounds to pictures and back --------------------------------------------------------------------------------------


def encode(
    samples: Any,
    sample_rate: float,
    *,
    encoding: str = "hsv",
    n_fft: Optional[int] = None,
    hop_length: Optional[int] = None,
    win_length: Optional[int] = None,
    window: Optional[str] = None,
    center: Optional[bool] = None,
    device: str = "auto",
    threads: int = 0,
    **settings: Setting,
) -> Picture:
    """Sound to picture, whole, whatever its length.

    samples      (channels, n) or (n,): floats of full scale 1 (doubles are rounded to floats), or int16. Any strides:
                 ``interleaved.T`` is (channels, n). float32 and int16 whose channels lie in one piece are not copied.
    sample_rate  Hz
    encoding     "hsv", "hsv16"; bit-exact: "hsvx" (int16), "hsv16x"; magnitudes: "gray8", "gray16", "gray32f", "rgb24",
                 "colormap:NAME", "stereo", "stereo3"; "magphase", "magphase16", "complex"
    n_fft        samples a frame, with factors 2, 3, 5 and 7 only; 2048
    hop_length   samples from a frame to the next; win_length / 4
    win_length   samples of the window; n_fft
    window       "hann" (default), "hamming", "blackman", "blackmanharris", "gaussian", "kaiser" or "rectangular"
    center       True (default): frame t is centred on sample t * hop_length
    settings     see ``settings("encode")``; those about files are refused

    Raises ValueError (settings; a sample is NaN or infinite; channels that the encoding cannot show), RuntimeError (an
    exact encoding cannot hold the sound), MemoryError.
    """
    array = _samples(samples)
    given: dict[str, Setting] = {
        "encoding": encoding,
        "n_fft": n_fft,
        "hop_length": hop_length,
        "win_length": win_length,
        "window": window,
        "center": center,
        **settings,
    }
    pairs = _pairs(given)
    with _contexts.use(device, threads) as context:
        return _picture(_native.encode(context, array, _rate(sample_rate), pairs))


def decode(
    picture: Any, note: Any = None, *, device: str = "auto", threads: int = 0, **settings: Setting
) -> tuple[NDArray[np.float32], int]:
    """Picture to sound: returns (samples, sample_rate), samples of the shape (channels, n), full scale 1, not clipped.

    picture   a Picture, or its pixels as an array
    note      of an array: the note as a dict or JSON. None: there is none; then the setting sample_rate is needed, and
              what else no setting says is assumed, with a warning.
    settings  see ``settings("decode")``; those about files are refused

    A picture without phases is given some (phase retrieval: phase_method, n_iter ...): the sound is like the one
    before, its waveform is another.

    Raises ValueError (settings, or the note contradicts the picture), RuntimeError (a newer note), MemoryError.
    """
    palette = None
    pixels = picture
    if isinstance(picture, Picture):
        pixels = picture.pixels
        note = picture.note if note is None else note
        palette = picture._palette()
    array = _pixels(pixels)
    pairs = _pairs(settings)
    with _contexts.use(device, threads) as context:
        samples, rate, _, _, messages = _native.decode(context, array, _note_text(note), palette, pairs)
    for message in messages:
        warnings.warn(message, SpectrohueWarning, stacklevel=2)
    return samples, rate


# --- magnitudes -------------------------------------------------------------------------------------------------------


def stft_magnitudes(
    samples: Any,
    *,
    n_fft: int = 2048,
    hop_length: Optional[int] = None,
    win_length: Optional[int] = None,
    window: str = "hann",
    center: bool = True,
    pad_mode: str = "constant",
    frames: str = "floor",
    device: str = "auto",
    threads: int = 0,
    **settings: Setting,
) -> NDArray[np.float32]:
    """Magnitudes of the short-time Fourier transform, ``abs(librosa.stft(...))`` with the same arguments.

    samples  as in ``encode``
    frames   "floor": as librosa, 1 + n // hop_length centred frames, or only those that lie within the samples;
             "cover": as pictures have, so many that no sample is left out

    Returns (channels, n_bins, n_frames), or (n_bins, n_frames) of samples of one dimension: a view, transposed, of
    memory in which the bins of a frame lie side by side. Raises ValueError, MemoryError.
    """
    array = _samples(samples)
    pairs = _pairs(
        {
            "n_fft": n_fft,
            "hop_length": hop_length,
            "win_length": win_length,
            "window": window,
            "center": center,
            "pad_mode": pad_mode,
            "frames": frames if center else None,
            **settings,
        }
    )
    n = array.shape[1]
    n_frames, n_bins = _native.stft_size(n, pairs)
    magnitudes = np.empty((array.shape[0], n_frames, n_bins), np.float32)
    with _contexts.use(device, threads) as context:
        _native.stft_magnitudes(context, array, pairs, magnitudes)
    if frames == "floor" and not center and n >= n_fft and (n - n_fft) % _hop_length(n_fft, hop_length, win_length):
        magnitudes = magnitudes[:, :-1]
    result = magnitudes.swapaxes(1, 2)
    return result[0] if np.ndim(samples) == 1 else result


def retrieve(
    magnitudes: Any,
    *,
    n_iter: Optional[int] = None,
    hop_length: Optional[int] = None,
    win_length: Optional[int] = None,
    n_fft: Optional[int] = None,
    window: str = "hann",
    center: bool = True,
    length: Optional[int] = None,
    pad_mode: str = "constant",
    device: str = "auto",
    threads: int = 0,
    **settings: Setting,
) -> NDArray[np.float32]:
    """Samples whose spectra have these magnitudes, as nearly as phases can be found.

    magnitudes  (..., n_bins, n_frames), as ``stft_magnitudes`` and ``abs(librosa.stft())`` return them; leading
                dimensions are sounds that do not depend on each other
    n_iter      steps; 64
    n_fft       2 (n_bins - 1) by default
    length      samples of each sound; those there are frames for by default: (n_frames - 1) hop_length if they are
                centred. A length that needs other frames is filled up with zeros or cut off.
    settings    see ``settings("retrieve")``: phase_method ("hybrid"; "griffinlim", "fgla", "pghi" ...), phase_quality,
                init, momentum, seed

    Returns (..., length) floats. Raises ValueError (settings; a magnitude is NaN or infinite), MemoryError.
    """
    array = _in_host_memory(magnitudes, "magnitudes")
    if array.ndim < 2 or np.iscomplexobj(array):
        raise ValueError("magnitudes are real, and their shape is (..., n_bins, n_frames)")
    n_bins, n_frames = array.shape[-2:]
    leading = array.shape[:-2]
    if 0 in array.shape:
        raise ValueError(f"magnitudes of the shape {array.shape} are none")
    by_frame = np.ascontiguousarray(array.reshape(-1, n_bins, n_frames).swapaxes(1, 2), dtype=np.float32)
    pairs = _pairs(
        {
            "n_iter": n_iter,
            "hop_length": hop_length,
            "win_length": win_length,
            "n_fft": n_fft,
            "window": window,
            "center": center,
            "pad_mode": pad_mode,
            **settings,
        }
    )
    size = n_fft if n_fft is not None else 2 * (n_bins - 1)
    hop = _hop_length(size, hop_length, win_length)
    n_samples = (n_frames - 1) * hop + (0 if center else size)
    if length is not None and _frames_of(length, hop, size, center, n_frames):
        n_samples = length
    samples = np.empty((by_frame.shape[0], n_samples), np.float32)
    with _contexts.use(device, threads) as context:
        _native.retrieve(context, by_frame, pairs, samples)
    if length is not None and length != n_samples:
        samples = np.pad(samples[:, :length], ((0, 0), (0, max(0, length - n_samples))))
    return samples.reshape(*leading, samples.shape[1])


def _hop_length(n_fft: int, hop_length: Optional[int], win_length: Optional[int]) -> int:
    if hop_length is not None:
        return hop_length
    return max(1, (n_fft if win_length is None else win_length) // 4)


def _frames_of(length: int, hop: int, n_fft: int, center: bool, n_frames: int) -> bool:
    """Whether so many samples have so many frames, as pictures or as librosa count them."""
    if length < 0:
        raise ValueError(f"a length of {length} samples cannot be")
    if hop < 1:
        return False
    if center:
        return n_frames in (1 + length // hop, 1 + -(-length // hop))
    return n_frames == 1 + max(0, -(-(length - n_fft) // hop))


def griffinlim(
    S: Any,
    *,
    n_iter: int = 32,
    hop_length: Optional[int] = None,
    win_length: Optional[int] = None,
    n_fft: Optional[int] = None,
    window: str = "hann",
    center: bool = True,
    length: Optional[int] = None,
    pad_mode: str = "constant",
    momentum: float = 0.99,
    init: Optional[str] = "random",
    random_state: Optional[int] = None,
    device: str = "auto",
    threads: int = 0,
) -> NDArray[np.float32]:
    """The method of ``librosa.griffinlim``, with its arguments: Griffin & Lim with momentum. ``retrieve`` is better.

    S             (..., n_bins, n_frames) magnitudes
    init          "random", None (phases that are zero at the frames' centres), or "pghi", "forest", "rtpghi", "spsi"
    random_state  the seed; None: 0, so that every call returns the same

    Returns (..., length). Random phases are other ones than librosa's. Raises as ``retrieve``.
    """
    return retrieve(
        S,
        n_iter=n_iter,
        hop_length=hop_length,
        win_length=win_length,
        n_fft=n_fft,
        window=window,
        center=center,
        length=length,
        pad_mode=pad_mode,
        device=device,
        threads=threads,
        phase_method="griffinlim",
        momentum=momentum,
        init="zero" if init is None else init,
        seed=random_state,
    )


# --- files ------------------------------------------------------------------------------------------------------------


@dataclass
class FileResult:
    """What became of a file."""

    source: Path
    destination: Path
    error: Optional[Exception] = None  #: why it was not converted
    messages: list[str] = field(default_factory=list)  #: what should be known all the same
    audio_seconds: float = 0.0  #: length of the sound
    n_outputs: int = 0  #: a long sound becomes several pictures
    bytes_written: int = 0
    snr_db: Optional[float] = None  #: of the way back, with verify=True
    convergence_db: Optional[float] = None  #: where phases had to be found

    @property
    def ok(self) -> bool:
        """Whether it was converted."""
        return self.error is None


def _destinations(
    sources: Sequence[Path], destinations: Union[PathType, Iterable[PathType]], extension: str
) -> list[Path]:
    if isinstance(destinations, (str, os.PathLike)):
        return [Path(destinations) / (source.stem + extension) for source in sources]
    paths = [Path(path) for path in destinations]
    if len(paths) != len(sources):
        raise ValueError(f"there are {len(sources)} sources and {len(paths)} destinations")
    return paths


def _convert(
    encodes: bool,
    sources: list[Path],
    destinations: list[Path],
    device: str,
    threads: int,
    on_result: Optional[Callable[[FileResult], Any]],
    given: dict[str, Setting],
) -> list[FileResult]:
    results: list[Optional[FileResult]] = [None] * len(sources)

    def finished(
        index: int,
        error: Optional[Exception],
        messages: list[str],
        audio_seconds: float,
        n_outputs: int,
        bytes_written: int,
        snr_db: float,
        convergence_db: float,
    ) -> None:
        result = FileResult(
            sources[index],
            destinations[index],
            error,
            messages,
            audio_seconds,
            n_outputs,
            bytes_written,
            None if math.isnan(snr_db) else snr_db,
            None if math.isnan(convergence_db) else convergence_db,
        )
        results[index] = result
        if on_result is not None:
            on_result(result)

    pairs = _pairs(given)
    from_paths = [os.fspath(path) for path in sources]
    to_paths = [os.fspath(path) for path in destinations]
    with _contexts.use(device, threads) as context:
        _native.convert_files(context, encodes, from_paths, to_paths, pairs, finished)
    return [result for result in results if result is not None]


def encode_files(
    sources: Iterable[PathType],
    destinations: Union[PathType, Iterable[PathType]],
    *,
    extension: str = ".png",
    overwrite: bool = False,
    on_result: Optional[Callable[[FileResult], Any]] = None,
    device: str = "auto",
    threads: int = 0,
    **settings: Setting,
) -> list[FileResult]:
    """Sound files to picture files, several at once, as ``spectrohue encode`` makes them, byte for byte.

    sources       WAV, FLAC, Ogg, MP3 ..., whatever libsndfile reads
    destinations  one path a source, whose extension says the type; or a folder, for NAME + `extension` of each
    overwrite     outputs that exist are replaced; else such a file is not converted
    on_result     called with each FileResult as it comes, in no certain order; what it raises ends the run
    settings      see ``settings("encode")``, those about files included: tile_width, compression, verify ...

    Returns a FileResult for each source, in their order; a file that fails has its `error` and does not keep the
    others. Raises ValueError for what concerns all of them: settings, two sources for one destination, a
    destination that is a source.
    """
    paths = [Path(source) for source in sources]
    given: dict[str, Setting] = {"overwrite": overwrite, **settings}
    return _convert(True, paths, _destinations(paths, destinations, extension), device, threads, on_result, given)


def decode_files(
    sources: Iterable[PathType],
    destinations: Union[PathType, Iterable[PathType]],
    *,
    extension: str = ".wav",
    overwrite: bool = False,
    on_result: Optional[Callable[[FileResult], Any]] = None,
    device: str = "auto",
    threads: int = 0,
    **settings: Setting,
) -> list[FileResult]:
    """Picture files to sound files: .wav, .flac or .ogg. See ``encode_files``, and ``settings("decode")``. Of a sound
    in several pictures (NAME.0000.png ...) any one names them all."""
    paths = [Path(source) for source in sources]
    given: dict[str, Setting] = {"overwrite": overwrite, **settings}
    return _convert(False, paths, _destinations(paths, destinations, extension), device, threads, on_result, given)


def _only(results: list[FileResult]) -> FileResult:
    (result,) = results
    if result.error is not None:
        raise type(result.error)(f"{result.source}: {result.error}")
    for message in result.messages:
        warnings.warn(f"{result.source}: {message}", SpectrohueWarning, stacklevel=3)
    return result


def encode_file(source: PathType, destination: PathType, **options: Any) -> FileResult:
    """``encode_files`` for one file: raises its error, and warns of its messages."""
    return _only(encode_files([source], [destination], **options))


def decode_file(source: PathType, destination: PathType, **options: Any) -> FileResult:
    """``decode_files`` for one file: raises its error, and warns of its messages."""
    return _only(decode_files([source], [destination], **options))
