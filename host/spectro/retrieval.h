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
  int n_iter = 0;     ///< steps that were taken
  double error = 0;   ///< sum (|STFT signal| - wanted)^2, of magnitudes or bands; a guess is met within its limits
  double energy = 0;  ///< sum wanted^2
};

/// Spectral convergence, 10 log10(error / energy): -infinity where nothing is wrong.
double convergence_db(double error, double energy);

/// Finds signals whose spectra have these magnitudes, as nearly as the settings' steps bring them; [items.size()]
/// results. What becomes of an item does not depend on the others, nor on threads.
std::vector<RetrievalResult> retrieve(Backend& backend, const StftSettings& stft, const RetrievalSettings& settings,
                                      std::span<const RetrievalItem> items, const RetrievalLinks& links = {});

}  // namespace spectrohue
