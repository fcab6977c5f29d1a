# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""The Python package, judged by a naive transform in numpy, by what was put in, and by librosa."""

import gc
import json
import re
import threading
import wave
from pathlib import Path

import numpy as np
import pytest

import spectrohue

RATE = 16000
CPU = {"device": "cpu", "threads": 1}


def sound(channels=2, n=12345, seed=1):
    """Two sines, a glide and some noise, below full scale; (channels, n) doubles."""
    t = np.arange(n) / RATE
    noise = np.random.default_rng(seed).uniform(-0.02, 0.02, (channels, n))
    sines = [0.4 * np.sin(2 * np.pi * (440 + 110 * c) * t) for c in range(channels)]
    return np.array(sines) + 0.2 * np.sin(2 * np.pi * (200 + 1500 * t) * t) + noise


def shorts(channels=2, n=12345):
    return np.rint(30000 * sound(channels, n)).astype(np.int16)


def snr_db(expected, found):
    return 10 * np.log10(np.sum(np.square(expected)) / np.sum(np.square(expected - found)))


def naive_stft(x, n_fft, hop, n_frames, window):
    """(n_bins, n_frames) by the sums of the definition; zeros outside."""
    padded = np.pad(np.asarray(x, np.float64), n_fft)
    i = np.arange(n_fft)
    kernel = np.exp(-2j * np.pi * np.outer(np.arange(n_fft // 2 + 1), i) / n_fft)
    frames = [padded[n_fft + t * hop - n_fft // 2 + i] * window for t in range(n_frames)]
    return kernel @ np.array(frames).T


def hann(n):
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)


def write_wave(path, samples):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[0])
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.T.astype("<i2").tobytes())


def read_wave(path):
    with wave.open(str(path), "rb") as file:
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return data.reshape(-1, file.getnchannels()).T, file.getframerate()


# --- in memory --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding, dtype, depth, least_db",
    [
        ("hsv", np.uint8, 3, 55),
        ("hsv16", np.uint16, 3, 85),
        ("magphase16", np.uint16, None, 70),
        ("complex", np.float32, 2, 120),
    ],
)
def test_round_trip(encoding, dtype, depth, least_db):
    x = sound()
    picture = spectrohue.encode(x, RATE, encoding=encoding, **CPU)
    assert picture.pixels.dtype == dtype
    planes = 2 if encoding == "magphase16" else 1
    assert picture.pixels.shape[:2] == (planes * 2 * 1025, 1 + -(-12345 // 512))
    assert picture.pixels.shape[2:] == (() if depth is None else (depth,))
    assert picture.note["encoding"] == encoding and picture.note["n_samples"] == 12345
    y, rate = spectrohue.decode(picture, **CPU)
    assert rate == RATE and y.dtype == np.float32 and y.shape == x.shape
    assert snr_db(x, y) > least_db


def test_bit_exact():
    x = shorts()
    picture = spectrohue.encode(x, RATE, encoding="hsvx", **CPU)
    y, _ = spectrohue.decode(picture, **CPU)
    np.testing.assert_array_equal(np.rint(y * 32768).astype(np.int16), x)
    np.testing.assert_array_equal(y * 32768, np.rint(y * 32768))
    with pytest.raises(RuntimeError, match="16 bits"):
        spectrohue.encode(sound(), RATE, encoding="hsvx", **CPU)
    picture.pixels = picture.pixels.copy()
    picture.pixels[100, 10] ^= 0x40
    with pytest.warns(spectrohue.SpectrohueWarning, match="not exact here"):
        spectrohue.decode(picture, **CPU)


def test_float_pictures_are_the_transform():
    x = sound(1, 3001)[0]
    n_frames = 1 + -(-3001 // 80)
    expected = naive_stft(x, 256, 80, n_frames, hann(256))
    magnitudes = spectrohue.encode(x, RATE, encoding="gray32f", n_fft=256, hop_length=80, **CPU).pixels
    np.testing.assert_allclose(magnitudes[::-1], np.abs(expected), atol=2e-4)
    values = spectrohue.encode(x, RATE, encoding="complex", n_fft=256, hop_length=80, **CPU).pixels
    np.testing.assert_allclose(values[::-1, :, 0], expected.real, atol=2e-4)
    np.testing.assert_allclose(values[::-1, :, 1], expected.imag, atol=2e-4)


def test_all_layouts_are_the_same_sound():
    x = shorts(3)
    floats = (x / 32768).astype(np.float32)
    expected = spectrohue.encode(x, RATE, **CPU).pixels
    interleaved = np.ascontiguousarray(floats.T)
    wide = np.zeros((6, 2 * x.shape[1]), np.int16)
    wide[::2, ::2] = x
    read_only = x.copy()
    read_only.flags.writeable = False
    for same in [
        floats,
        floats.astype(np.float64),
        interleaved.T,
        np.asfortranarray(x),
        wide[::2, ::2],
        x[:, ::-1].copy()[:, ::-1],
        x.astype(">i2"),
        floats.astype(">f4"),
        memoryview(x),
        read_only,
        floats.tolist(),
    ]:
        found = spectrohue.encode(same, RATE, **CPU).pixels
        np.testing.assert_array_equal(found, expected)
    one = spectrohue.encode(x[0], RATE, **CPU)
    np.testing.assert_array_equal(one.pixels, spectrohue.encode(x[:1], RATE, **CPU).pixels)
    assert spectrohue.decode(one, **CPU)[0].shape == (1, x.shape[1])


class OnDevice:
    """An array that says it lies on a GPU, and comes to the host in one of the ways that there are."""

    def __init__(self, array, way):
        self.array = array
        self.way = way
        self.copies = 0
        if way in ("get", "cpu"):
            setattr(self, way, self._to_host)

    def _to_host(self):
        self.copies += 1
        return self.array

    def __dlpack_device__(self):
        return (2, 0)  # kDLCUDA

    def __dlpack__(self, *, stream=None, max_version=None, dl_device=None, copy=None):
        if self.way != "dlpack" or dl_device != (1, 0):
            raise BufferError("not to the host")
        self.copies += 1
        return self.array.copy().__dlpack__()


class InHostMemory:
    """DLPack and nothing else."""

    def __init__(self, array):
        self.array = array

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()

    def __dlpack__(self, **options):
        return self.array.__dlpack__(**options)


def test_arrays_of_others():
    x = shorts()
    expected = spectrohue.encode(x, RATE, **CPU).pixels
    np.testing.assert_array_equal(spectrohue.encode(InHostMemory(x), RATE, **CPU).pixels, expected)
    for way in ("dlpack", "get", "cpu"):
        there = OnDevice(x, way)
        np.testing.assert_array_equal(spectrohue.encode(there, RATE, **CPU).pixels, expected)
        assert there.copies == 1
    with pytest.raises(ValueError, match="memory of a device"):
        spectrohue.encode(OnDevice(x, "none"), RATE, **CPU)


def test_results_keep_their_memory():
    x = shorts(1)
    picture = spectrohue.encode(x, RATE, **CPU)
    pixels = picture.pixels
    assert not pixels.flags.owndata
    expected = pixels.copy()
    samples, _ = spectrohue.decode(picture, **CPU)
    again = samples.copy()
    del picture
    gc.collect()
    for _ in range(5):
        spectrohue.decode(spectrohue.encode(shorts(1), RATE, encoding="hsv16", **CPU), **CPU)
    np.testing.assert_array_equal(pixels, expected)
    np.testing.assert_array_equal(samples, again)


def test_results_do_not_depend_on_threads():
    x = sound(2, 40000)
    expected = spectrohue.encode(x, RATE, **CPU).pixels
    found = [None] * 4

    def work(i):
        found[i] = spectrohue.encode(x, RATE, device="cpu", threads=1 + i % 2).pixels

    workers = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for pixels in found:
        np.testing.assert_array_equal(pixels, expected)


def test_the_lock_is_released():
    """While one thread computes, another one goes on."""
    x = sound(2, 400000)
    done = threading.Event()

    def work():
        spectrohue.encode(x, RATE, **CPU)
        done.set()

    spectrohue.encode(x[:, :100], RATE, **CPU)
    worker = threading.Thread(target=work)
    worker.start()
    turns = 0
    while not done.wait(0.001):
        turns += 1
    worker.join()
    assert turns >= 5


def test_pictures_without_a_note():
    x = sound(1, 512 * 20)
    picture = spectrohue.encode(x, RATE, ref="full-scale", **CPU)
    with pytest.raises(ValueError, match="--sample-rate"):
        spectrohue.decode(picture.pixels, **CPU)
    with pytest.warns(spectrohue.SpectrohueWarning, match="no note in this picture"):
        y, rate = spectrohue.decode(picture.pixels, sample_rate=RATE, ref=512, **CPU)
    assert rate == RATE and snr_db(x, y) > 50
    for note in (picture.note, json.dumps(picture.note)):
        y, _ = spectrohue.decode(picture.pixels, note, **CPU)
        assert snr_db(x, y) > 50


def test_colormaps():
    x = sound(1)
    picture = spectrohue.encode(x, RATE, encoding="colormap:magma", n_fft=512, **CPU)
    assert picture.pixels.ndim == 2 and picture.palette.shape == (256, 3)
    rgb = picture.rgb()
    np.testing.assert_array_equal(rgb, picture.palette[picture.pixels])
    fast = {"phase_method": "pghi", **CPU}
    expected, _ = spectrohue.decode(picture, **fast)
    found, _ = spectrohue.decode(spectrohue.Picture(rgb, picture.note), **fast)
    np.testing.assert_array_equal(found, expected)
    gray = spectrohue.encode(x, RATE, encoding="gray8", n_fft=512, **CPU)
    assert gray.rgb().shape == (*gray.pixels.shape, 3) and (gray.rgb()[..., 1] == gray.pixels).all()
    with pytest.raises(ValueError, match="no colours"):
        spectrohue.encode(x, RATE, encoding="gray32f", **CPU).rgb()


@pytest.mark.parametrize(
    "error, text, call",
    [
        (ValueError, "unknown setting 'n_ftt'.*n_fft", lambda x: spectrohue.encode(x, RATE, n_ftt=512)),
        (ValueError, "hsv16", lambda x: spectrohue.encode(x, RATE, encoding="hsv17")),
        (ValueError, "prime factor", lambda x: spectrohue.encode(x, RATE, n_fft=22)),
        (ValueError, "about files", lambda x: spectrohue.encode(x, RATE, tile_width=64)),
        (TypeError, "ref is a list", lambda x: spectrohue.encode(x, RATE, ref=[1])),
        (ValueError, "shape", lambda x: spectrohue.encode(x[None], RATE)),
        (ValueError, "int32", lambda x: spectrohue.encode(x.astype(np.int32), RATE)),
        (ValueError, "sample rate", lambda x: spectrohue.encode(x, 0)),
        (ValueError, "sample rate", lambda x: spectrohue.encode(x, 44100.5)),
        (ValueError, "channel", lambda x: spectrohue.encode(np.where(x > 0.3, np.nan, x), RATE)),
        (ValueError, "abacus", lambda x: spectrohue.encode(x, RATE, device="abacus")),
        (RuntimeError, "(?i)cuda", lambda x: spectrohue.encode(x, RATE, device="cuda:999")),
        (ValueError, "shape", lambda x: spectrohue.decode(x[0])),
        (ValueError, "int64", lambda x: spectrohue.decode(np.zeros((20, 20), np.int64), sample_rate=RATE)),
        (ValueError, "note", lambda x: spectrohue.decode(np.zeros((20, 20), np.uint8), {"a": 1})),
        (ValueError, "resized or cropped", lambda x: spectrohue.decode(cropped(x))),
        (ValueError, "decode", lambda x: spectrohue.settings("dance")),
    ],
)
def test_errors(error, text, call):
    with pytest.raises(error, match=text):
        call(sound())


def cropped(x):
    picture = spectrohue.encode(x, RATE, **CPU)
    picture.pixels = picture.pixels[:, 3:]
    return picture


def test_names_of_settings():
    assert {"n_fft", "encoding", "channels", "tile_width"} <= set(spectrohue.settings("encode"))
    assert {"sample_rate", "phase_method"} <= set(spectrohue.settings("decode"))
    assert "momentum" in spectrohue.settings("retrieve")
    # Every value that can be said in Python.
    x = sound()
    options = {"n_fft": np.int32(512), "gamma": np.float64(0.5), "drop_top": np.bool_(True), "curve": None, "tilt": 3}
    picture = spectrohue.encode(x, np.float64(RATE), **options, **CPU)
    assert picture.pixels.shape[0] == 2 * 256
    assert picture.note["curve"] == {"kind": "gamma", "gamma": 0.5}
    assert snr_db(x, spectrohue.decode(picture, **CPU)[0]) > 40


# --- magnitudes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("frames, n_frames", [("floor", 38), ("cover", 39)])
def test_magnitudes(frames, n_frames):
    x = sound(2, 3001)
    found = spectrohue.stft_magnitudes(x, n_fft=256, hop_length=80, frames=frames, **CPU)
    assert found.shape == (2, 129, n_frames) and found.dtype == np.float32
    for c in range(2):
        expected = np.abs(naive_stft(x[c], 256, 80, n_frames, hann(256)))
        np.testing.assert_allclose(found[c], expected, atol=2e-4)
    one = spectrohue.stft_magnitudes(x[0], n_fft=256, hop_length=80, frames=frames, **CPU)
    np.testing.assert_array_equal(one, found[0])


def far_from(y, magnitudes, n_fft, hop):
    found = np.abs(naive_stft(y, n_fft, hop, magnitudes.shape[1], hann(n_fft)))
    return 10 * np.log10(np.sum(np.square(found - magnitudes)) / np.sum(np.square(magnitudes)))


def test_retrieval():
    x = sound(2)
    magnitudes = spectrohue.stft_magnitudes(x, n_fft=512, **CPU)
    y = spectrohue.retrieve(magnitudes, length=x.shape[1], **CPU)
    assert y.shape == x.shape and y.dtype == np.float32
    for c in range(2):
        assert far_from(y[c], magnitudes[c], 512, 128) < -15
    # Sounds do not depend on each other, nor on how magnitudes lie in memory.
    alone = spectrohue.retrieve(np.ascontiguousarray(magnitudes[1], np.float64), length=x.shape[1], **CPU)
    np.testing.assert_array_equal(alone, y[1])
    stacked = spectrohue.retrieve(magnitudes.reshape(1, 2, 1, *magnitudes.shape[1:]), n_iter=2, **CPU)
    assert stacked.shape == (1, 2, 1, 12345 // 128 * 128)
    assert far_from(spectrohue.griffinlim(magnitudes[0], **CPU), magnitudes[0], 512, 128) < -10


@pytest.mark.parametrize("length", [12345, 20000, 5000, 0])
def test_lengths(length):
    magnitudes = spectrohue.stft_magnitudes(sound(1)[0], n_fft=512, **CPU)
    usual = spectrohue.retrieve(magnitudes, n_iter=4, **CPU)
    found = spectrohue.retrieve(magnitudes, n_iter=4, length=length, **CPU)
    assert found.shape == (length,)
    if length == 12345:  # it has these frames
        assert far_from(found, magnitudes, 512, 128) < far_from(np.pad(usual, (0, 57)), magnitudes, 512, 128) + 1
        assert found[usual.size :].any()
    if length == 20000:
        np.testing.assert_array_equal(found[: usual.size], usual)
        assert not found[usual.size :].any()
    if length < usual.size:
        np.testing.assert_array_equal(found, usual[:length])


def test_retrieval_without_centred_frames():
    x = sound(1, 512 + 40 * 128)[0]
    frames = np.lib.stride_tricks.sliding_window_view(x, 512)[::128] * hann(512)
    magnitudes = np.abs(np.fft.rfft(frames, axis=1)).T
    y = spectrohue.retrieve(magnitudes, center=False, n_iter=100, **CPU)
    assert y.shape == x.shape
    found = np.abs(np.fft.rfft(np.lib.stride_tricks.sliding_window_view(y, 512)[::128] * hann(512), axis=1)).T
    assert 10 * np.log10(np.sum((found - magnitudes) ** 2) / np.sum(magnitudes**2)) < -15


def test_wrong_magnitudes():
    magnitudes = np.ones((129, 10), np.float32)
    for wrong, text in [
        (magnitudes[0], "shape"),
        (magnitudes * 1j, "real"),
        (magnitudes[:, :0], "none"),
        (np.where(np.eye(129, 10) > 0, np.inf, magnitudes), "finite"),
    ]:
        with pytest.raises(ValueError, match=text):
            spectrohue.retrieve(wrong, **CPU)
    with pytest.raises(ValueError, match="bins"):
        spectrohue.retrieve(magnitudes, n_fft=512, **CPU)
    with pytest.raises(ValueError, match="length"):
        spectrohue.retrieve(magnitudes, length=-1, **CPU)
    with pytest.raises(ValueError, match="stored"):
        spectrohue.retrieve(magnitudes, init="stored", **CPU)


def test_beside_librosa():
    librosa = pytest.importorskip("librosa")
    x = sound(1)[0].astype(np.float32)
    for options in [
        {},
        {"n_fft": 512, "hop_length": 100},
        {"n_fft": 512, "win_length": 400, "hop_length": 100, "window": "hamming"},
        {"n_fft": 1024, "pad_mode": "reflect"},
        {"n_fft": 512, "center": False},
    ]:
        expected = np.abs(librosa.stft(x, **options))
        found = spectrohue.stft_magnitudes(x, **options, **CPU)
        np.testing.assert_allclose(found, expected, atol=2e-4)
    for n in (512, 512 + 80 * 128, 511 + 80 * 128, 513 + 80 * 128):
        expected = np.abs(librosa.stft(x[:n], n_fft=512, center=False))
        found = spectrohue.stft_magnitudes(x[:n], n_fft=512, center=False, **CPU)
        np.testing.assert_allclose(found, expected, atol=2e-4)
    magnitudes = np.abs(librosa.stft(x, n_fft=512))
    # The method is the same; its zero phases are those of the frames' centres, where librosa's are of their beginnings.
    expected = librosa.griffinlim(magnitudes, n_iter=8, init=None)
    found = spectrohue.griffinlim(magnitudes, n_iter=8, init=None, **CPU)
    assert found.shape == expected.shape
    assert far_from(found, magnitudes, 512, 128) < far_from(expected, magnitudes, 512, 128) + 1


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name, has_sidecar", [("a.png", False), ("a.tiff", False), ("a.npy", True), ("a.npz", True)])
def test_saving_and_loading(tmp_path, name, has_sidecar):
    picture = spectrohue.encode(sound(), RATE, **CPU)
    picture.save(tmp_path / name)
    assert (tmp_path / "a.json").exists() == has_sidecar
    loaded = spectrohue.load(tmp_path / name)
    np.testing.assert_array_equal(loaded.pixels, picture.pixels)
    assert loaded.note == picture.note
    np.testing.assert_array_equal(spectrohue.decode(loaded, **CPU)[0], spectrohue.decode(picture, **CPU)[0])
    with pytest.raises(ValueError, match="exists already"):
        picture.save(tmp_path / name)
    spectrohue.save(str(tmp_path / name), picture, overwrite=True)


def test_wrong_files(tmp_path):
    picture = spectrohue.encode(sound(), RATE, **CPU)
    with pytest.raises(OSError, match="nothing.png"):
        spectrohue.load(tmp_path / "nothing.png")
    (tmp_path / "text.png").write_text("this is no picture")
    with pytest.raises(ValueError, match="text.png"):
        spectrohue.Picture.load(tmp_path / "text.png")
    with pytest.raises(ValueError, match="phases"):
        picture.save(tmp_path / "a.jpg")
    with pytest.raises(ValueError, match=".png"):
        picture.save(tmp_path / "a.xyz")
    (tmp_path / "file").touch()
    with pytest.raises(OSError):
        picture.save(tmp_path / "file" / "a.png")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "text.png"]


def test_pictures_with_loss(tmp_path):
    """JPEG goes through a module that is loaded from beside the package."""
    picture = spectrohue.encode(sound(1), RATE, encoding="gray8", n_fft=512, **CPU)
    picture.save(tmp_path / "a.jpg", quality=90)
    loaded = spectrohue.load(tmp_path / "a.jpg")
    assert loaded.note == picture.note
    difference = loaded.pixels.reshape(picture.pixels.shape).astype(float) - picture.pixels
    assert np.sqrt(np.mean(difference**2)) < 8


def test_files(tmp_path):
    sources = [tmp_path / "one.wav", tmp_path / "nothing.wav", tmp_path / "two.wav"]
    x = shorts(2)
    write_wave(sources[0], x)
    write_wave(sources[2], x[:1])
    seen = []
    results = spectrohue.encode_files(
        sources, tmp_path / "pictures", encoding="hsvx", verify=True, on_result=seen.append, device="cpu"
    )
    assert [result.source for result in results] == sources
    assert [result.ok for result in results] == [True, False, True]
    assert sorted(result.source.name for result in seen) == ["nothing.wav", "one.wav", "two.wav"]
    assert isinstance(results[1].error, OSError) and results[1].n_outputs == 0
    assert results[0].snr_db == np.inf and results[0].audio_seconds == 12345 / RATE
    assert results[0].bytes_written == (tmp_path / "pictures" / "one.png").stat().st_size

    # The picture in the file is the one in memory.
    loaded = spectrohue.load(tmp_path / "pictures" / "one.png")
    np.testing.assert_array_equal(loaded.pixels, spectrohue.encode(x, RATE, encoding="hsvx", **CPU).pixels)

    back = [tmp_path / "one.back.wav", tmp_path / "two.back.flac"]
    pictures = [results[0].destination, results[2].destination]
    assert all(result.ok for result in spectrohue.decode_files(pictures, back, device="cpu"))
    found, rate = read_wave(back[0])
    assert rate == RATE
    np.testing.assert_array_equal(found, x)
    assert back[1].read_bytes()[:4] == b"fLaC"

    again = spectrohue.decode_files(pictures, back, device="cpu")
    assert all(isinstance(result.error, ValueError) and "exists" in str(result.error) for result in again)
    assert all(result.ok for result in spectrohue.decode_files(pictures, back, overwrite=True, device="cpu"))


def test_tiles(tmp_path):
    x = shorts(1, 40000)
    write_wave(tmp_path / "a.wav", x)
    result = spectrohue.encode_file(tmp_path / "a.wav", tmp_path / "a.png", encoding="hsvx", tile_width=32, **CPU)
    assert result.n_outputs == 3 and not (tmp_path / "a.png").exists()
    spectrohue.decode_file(tmp_path / "a.0001.png", tmp_path / "b.wav", **CPU)
    np.testing.assert_array_equal(read_wave(tmp_path / "b.wav")[0], x)


def test_errors_of_files(tmp_path):
    write_wave(tmp_path / "a.wav", shorts(1))
    with pytest.raises(ValueError, match="two sources"):
        spectrohue.encode_files(["a/x.wav", "b/x.wav"], tmp_path)
    with pytest.raises(ValueError, match="1 sources and 2 destinations"):
        spectrohue.encode_files(["a.wav"], ["a.png", "b.png"])
    with pytest.raises(ValueError, match="unknown setting"):
        spectrohue.encode_files([tmp_path / "a.wav"], tmp_path, n_iter=3)
    with pytest.raises(ValueError, match="22"):
        spectrohue.encode_files([tmp_path / "a.wav"], tmp_path, n_fft=22)
    with pytest.raises(OSError, match="missing.wav"):
        spectrohue.encode_file(tmp_path / "missing.wav", tmp_path / "b.png")
    (tmp_path / "noise.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing else")
    with pytest.raises(ValueError, match="noise.png"):
        spectrohue.decode_file(tmp_path / "noise.png", tmp_path / "b.wav")
    assert spectrohue.encode_files([], tmp_path) == []

    class Enough(Exception):
        pass

    def stop(result):
        raise Enough

    names = [tmp_path / f"{i}.wav" for i in range(5)]
    for name in names:
        write_wave(name, shorts(1))
    with pytest.raises(Enough):
        spectrohue.encode_files(names, tmp_path / "out", on_result=stop, **CPU)
    assert len(list((tmp_path / "out").glob("*.png"))) == 1


# --- documentation ----------------------------------------------------------------------------------------------------

DOCS = Path(__file__).parents[2] / "docs"


def test_the_example(tmp_path, monkeypatch, capsys):
    """docs/python.md's, and that it says what it says there."""
    text = (DOCS / "python.md").read_text()
    code, said = re.search(r"```python\n(.*?)```\n\n    (.*?)\n", text, re.DOTALL).groups()
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "docs/python.md", "exec"), {})
    assert capsys.readouterr().out.strip() == said


def test_all_settings_are_documented():
    table = (DOCS / "c-api.md").read_text()
    for direction in ("encode", "decode", "retrieve"):
        for key in spectrohue.settings(direction):
            assert f"`{key}`" in table, key
    for key in re.findall(r"`([a-z_0-9]+)`", table.split("| direction | keys |")[1].split("\n\n")[0]):
        assert any(key in spectrohue.settings(of) for of in ("encode", "decode", "retrieve")), key
