# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Sounds, their spectra, and how close two of them are. Written apart from the program: numpy in double precision."""

import struct

import numpy as np

N_FFT = 2048
HOP = 512
N_BINS = N_FFT // 2 + 1

# Formats of a WAV file: integers, floats, and the one whose real format stands further on.
WAV_INTEGERS, WAV_FLOATS, WAV_EXTENSIBLE = 1, 3, 0xFFFE


class Sound:
    """samples: [channels, n_samples], full scale 1; bits: of an integer sample, 0 for floats."""

    def __init__(self, samples, rate, bits):
        self.samples = samples
        self.rate = rate
        self.bits = bits

    @property
    def seconds(self):
        return self.samples.shape[1] / self.rate

    @property
    def integers(self):
        scale = 2.0 ** (self.bits - 1)
        return np.clip(np.rint(self.samples * scale), -scale, scale - 1)


def read_wav(path):
    data = path.read_bytes()
    at, kind, body = 12, 0, b""
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        if name == b"fmt ":
            kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", data, at + 8)
            if kind == WAV_EXTENSIBLE:
                (kind,) = struct.unpack_from("<H", data, at + 8 + 24)
        elif name == b"data":
            body = data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    if kind == WAV_FLOATS:
        return Sound(np.frombuffer(body, f"<f{bits // 8}").astype(float).reshape(-1, channels).T, rate, 0)
    if kind != WAV_INTEGERS or bits not in (16, 24):
        raise SystemExit(f"{path}: WAV of 16 or 24 bits or of floats is needed here")
    width = bits // 8
    wide = np.zeros((len(body) // width, 4), np.uint8)
    wide[:, 4 - width :] = np.frombuffer(body, np.uint8).reshape(-1, width)
    return Sound((wide.view("<i4")[:, 0] / 2.0**31).reshape(-1, channels).T, rate, bits)


def hann():
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N_FFT) / N_FFT)


def magnitudes(samples):
    """samples: [channels, n_samples]; returns [channels, N_BINS, n_frames], as docs/format.md defines them."""
    n = samples.shape[1]
    n_frames = 1 + -(-n // HOP)
    padded = np.pad(samples, ((0, 0), (N_FFT // 2, N_FFT // 2 + HOP)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, N_FFT, axis=1)[:, ::HOP][:, :n_frames]
    return np.abs(np.fft.rfft(frames * hann(), axis=2)).swapaxes(1, 2)


def mel_of_hz(hz):
    """Slaney's scale: linear to 1 kHz, then 27 steps for a factor of 6.4."""
    hz = np.asarray(hz, float)
    return np.where(hz < 1000, hz * 3 / 200, 15 + np.log(np.maximum(hz, 1000) / 1000) * 27 / np.log(6.4))


def hz_of_mel(mel):
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((np.maximum(mel, 15) - 15) * np.log(6.4) / 27))


def mel_magnitudes(bins, rate, n_bands):
    """Root of the sum of squares under triangles of area 1 (Slaney): [channels, n_bands, n_frames]."""
    edges = hz_of_mel(np.linspace(0, mel_of_hz(rate / 2), n_bands + 2))
    hz = np.arange(N_BINS) * rate / N_FFT
    lower, center, upper = (edges[i : i + n_bands, None] for i in range(3))
    triangles = np.maximum(0, np.minimum((hz - lower) / (center - lower), (upper - hz) / (upper - center)))
    return np.sqrt(np.matmul(triangles * 2 / (upper - lower), bins**2))


def decibels(ratio):
    """Of amplitudes; infinite where nothing is left to compare."""
    return 20 * np.log10(ratio) if ratio > 0 else -np.inf


def snr_db(original, copy):
    """SNR of arrays of the same shape."""
    return -decibels(np.linalg.norm(copy - original) / np.linalg.norm(original))


def convergence_db(original, copy):
    """Spectral convergence of arrays of magnitudes, the lower the better: norm of the difference over the norm."""
    return -snr_db(original, copy)


def levelled(original, copy):
    """The copy with the gain, one a channel, that brings it closest to the original; the ends cut to the shorter."""
    n = min(original.shape[1], copy.shape[1])
    out = np.zeros_like(original)
    out[:, :n] = copy[:, :n]
    gain = np.sum(original * out, axis=1, keepdims=True) / np.maximum(np.sum(out**2, axis=1, keepdims=True), 1e-300)
    return gain * out


def levelled_magnitudes(original, copy):
    """The same for [channels, rows, frames] of magnitudes."""
    flat = [part.reshape(len(part), -1) for part in (original, copy[..., : original.shape[-1]])]
    return levelled(*flat).reshape(original.shape)
