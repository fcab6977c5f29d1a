// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// How close two backends must be to each other: all the numbers, in one place. tests/parity_test.cpp holds them to it.
//
// Exact: given the same input bits, encode_pixels and decode_pixels return the same bits on every backend; all
// instruction sets of the CPU return the same bits in everything. On one backend the whole ways return what the stages
// return one after another, and peak the largest magnitude that analyse returns; to the bit.
//
// The FFT is the exception between the CPU and a device: two ways to add up the same numbers. What follows bounds what
// may come of it.
//
// Provisional: no device has been measured. What stands in brackets was measured between the CPU backend and the same
// kernels run on the host with OpenCV's float transform, over the cases of tests/parity_test.cpp.
#pragma once

namespace spectrohue::contract {

/// |a - b| / |b| over the bins of a frame (analyse; 1.9e-7), or over the samples of a signal (synthesise; 5.0e-7, for a
/// signal of few samples, else 1.2e-7).
inline constexpr double kFftRelativeError = 1e-6;

/// peak, relative.
inline constexpr double kPeakRelativeError = 1e-6;

/// Whole way there: largest difference of a code. Where a value falls on either side of a rounding edge, the largest
/// channel differs by 1 and the middle one, which is rounded from it, by 1 or, seldom, 2.
inline constexpr int kCodeDifference = 2;
/// A bin that rounding errors drown may have any phase, and its pixel any hue. So where codes differ by more, the
/// pixels must stand for nearly the same bin: largest difference as a share of the frame's largest magnitude (4.3e-7).
/// In pure tones and pauses such pixels are many: 32 % at 16 bits, differing by up to 530 codes of 65535.
inline constexpr double kBinDifference = 2e-6;
/// Share of a picture's pixels that may differ in any code, for sounds that fill the spectrum (1.5e-4 and 6.6e-3).
inline constexpr double kDifferingShare8 = 1e-3;
inline constexpr double kDifferingShare16 = 3e-2;

/// Closed loop: a chain carries the FFT's rounding on from frame to frame, so pictures differ, by chance. Largest
/// difference of the decoded sounds' SNR, in dB, either way, for references that do not clip: sounds that fill the
/// spectrum (0.59), and others, of which pure tones are the worst (3.6). Measured with the CPU's transform and errors
/// of 3e-7 added to it: tests/kernel_logic_test.cpp.
inline constexpr double kClosedLoopDb = 1.0;
inline constexpr double kClosedLoopToneDb = 6.0;

/// Whole way back, from the same picture: 10 log10(signal / difference), in dB (120; 133 but for a few samples).
inline constexpr double kDecodeAgreementDb = 90.0;

/// Phase retrieval. Given the same transform, signals are the same bits; errors are sums in another order: relative
/// (5.0e-7).
inline constexpr double kProjectorErrors = 1e-4;
/// One step, from the same signal: 10 log10(signal / difference), in dB (115). A bin of little power has little of a
/// phase.
inline constexpr double kProjectorStepDb = 100.0;
/// A search of 32 steps from the same phases: largest difference of the spectral convergence, in dB (0.006).
inline constexpr double kRetrievalDb = 0.1;

}  // namespace spectrohue::contract
