#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The spectrohue authors
# SPDX-License-Identifier: MIT
"""Fits the polynomials of kernels/math/elementary.h (numpy only) and prints their coefficients.

Weighted least squares, reweighted towards the largest error (Lawson's algorithm), on a dense Chebyshev grid.
The printed error is that of the polynomial in exact arithmetic; tests/math_test.cpp measures the whole function.
"""
import numpy as np


def fit(x, y, powers, relative, rounds=600):
    basis = np.stack([x**p for p in powers], axis=1)
    scale = 1 / np.abs(y) if relative else np.ones_like(y)
    weight = np.ones_like(x)
    best = None
    for _ in range(rounds):
        root = np.sqrt(weight) * scale
        c = np.linalg.lstsq(basis * root[:, None], y * root, rcond=None)[0]
        # The coefficients are used in single precision.
        error = np.abs((basis @ c.astype(np.float32).astype(np.float64) - y) * scale)
        if best is None or error.max() < best[0]:
            best = (error.max(), c)
        exact = np.abs((basis @ c - y) * scale)
        weight = np.maximum(weight * exact, 1e-300)
        weight /= weight.mean()
    return best


def grid(lo, hi, n=6000):
    return lo + (hi - lo) * (np.cos(np.linspace(0, np.pi, n)) + 1) / 2


def show(name, result):
    print(f"{name}: error {result[0]:.2e}")
    print("  " + ", ".join(f"{np.float32(c):.9g}F" for c in result[1]))


s = grid(1e-6, (np.sqrt(2) - 1) / (np.sqrt(2) + 1))
show("log2((1+s)/(1-s)) odd, relative", fit(s, np.log2((1 + s) / (1 - s)), [1, 3, 5, 7], True))
f = grid(-0.5, 0.5)
show("exp2(f), relative", fit(f, 2**f, range(7), True))
t = grid(1e-6, 1)
show("atan(t) * 3 / pi odd, absolute", fit(t, np.arctan(t) * 3 / np.pi, range(1, 17, 2), False))
g = grid(1e-6, 1.5)
show("sin(pi g / 3) odd, relative", fit(g, np.sin(np.pi * g / 3), range(1, 10, 2), True))
show("cos(pi g / 3) - 1 even, absolute", fit(g, np.cos(np.pi * g / 3) - 1, range(2, 12, 2), False))
