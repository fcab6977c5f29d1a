// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Phase retrieval: signals from magnitudes alone.
#pragma once

#include <span>
#include <vector>

#include "spectrohue/backend.h"

namespace spectrohue {

/// A signal to be found, and what it is to look like.
struct RetrievalItem {
  /// [n_frames(signal.size()), n_bins]. A value below 0 stands for a magnitude that nobody measured: |value| is a
  /// guess, and anything from 0 to twice as much will do.
  std::span<const float> magnitudes;
  std::span<float> signal;
};

struct RetrievalResult {
  int n_iter = 0;  ///< steps that were taken
  /// 20 log10(|| |STFT signal| - magnitudes || / || magnitudes ||), dB; -infinity of silence that stayed silence.
  double convergence_db = 0;
};

/// Finds signals whose spectra have these magnitudes, as nearly as the settings' steps bring them; [items.size()]
/// results. What becomes of an item does not depend on the others, nor on threads.
std::vector<RetrievalResult> retrieve(Backend& backend, const StftSettings& stft, const RetrievalSettings& settings,
                                      std::span<const RetrievalItem> items);

}  // namespace spectrohue
