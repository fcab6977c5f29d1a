// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Phase retrieval: signals from magnitudes alone. docs/phase.md has the methods and what they reach.
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
  std::span<const float> bands = {};   ///< see ProjectorItem; magnitudes are then where the search begins
  std::span<const float> phases = {};  ///< PhaseStart::Stored: [n_frames, n_bins] turns
};

/// What holds the items of a call together.
struct RetrievalLinks {
  const BandSums* bands = nullptr;  ///< of items that have bands
  bool are_coupled = false;         ///< items are left, right and (left + right) / sqrt 2, again and again
};

struct RetrievalResult {
  int n_iter = 0;  ///< steps that were taken
  /// 20 log10(|| |STFT signal| - wanted || / || wanted ||), dB, of magnitudes or bands; -infinity where they are equal.
  double convergence_db = 0;
};

/// Finds signals whose spectra have these magnitudes, as nearly as the settings' steps bring them; [items.size()]
/// results. What becomes of an item does not depend on the others, nor on threads.
std::vector<RetrievalResult> retrieve(Backend& backend, const StftSettings& stft, const RetrievalSettings& settings,
                                      std::span<const RetrievalItem> items, const RetrievalLinks& links = {});

}  // namespace spectrohue
