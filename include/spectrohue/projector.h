// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The operations that phase retrieval is a loop over (host/spectro/retrieval.cpp). All that they work on stays where
// the backend computes: spectra, and a few signals that are numbered.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "spectrohue/settings.h"
#include "spectrohue/visibility.h"

namespace SPECTROHUE_API spectrohue {

/// A signal that is sought. G is the STFT, G+ its inverse (weighted overlap-add, Griffin & Lim 1984), P gives the bins
/// of a spectrum the magnitudes that are wanted and leaves their phases. Where a magnitude is a guess, P leaves what is
/// between its limits as it is.
struct ProjectorItem {
  /// [n_frames(n_samples), n_bins]; below 0: |value| is a guess, and from 0 to 2 |value| will do.
  std::span<const float> magnitudes;
  /// [the same], turns in [-0.5, 0.5], measured at the frame's centre.
  std::span<const float> phases;
  /// [n_frames, n_bands] where only bands are known. P of project() is then kBandUpdates multiplicative updates of the
  /// bins towards them (Lee & Seung 2000; inside the loop: Masuyama, Ueno & Ono 2023), and magnitudes are a first
  /// guess.
  std::span<const float> bands;
  std::int64_t n_samples = 0;
};

/// Bands as sums of bins, or of their squares: band i is the sum over j < offset[i + 1] - offset[i] of
/// weights[offset[i] + j] times bin first_bin[i] + j.
struct BandSums {
  std::span<const std::int32_t> first_bin;  ///< [n_bands]
  std::span<const std::int32_t> offset;     ///< [n_bands + 1]
  std::span<const float> weights;           ///< [offset.back()]
  std::span<const float> inverse_columns;   ///< [n_bins] 1 / the sum of a bin's weights; 0 where it has none
  bool of_squares = false;                  ///< what is wanted are roots of sums of squares
};

/// The coefficients of Projector::accelerate().
struct Acceleration {
  float share = 1.0F;     ///< gamma of AGLA
  float momentum = 0.0F;  ///< alpha
  float lag = 0.0F;       ///< beta
};

/// Signals of many items, four each, numbered from 0; what becomes of an item does not depend on the others, nor on
/// threads. Every call is for all items that are not done().
class Projector {
 public:
  /// Of an item.
  static constexpr int kSignals = 4;
  virtual ~Projector() = default;

  /// `to` = G+ of the magnitudes with the phases that it was made with. A spectrum z is set to them.
  virtual void synthesise(int to) = 0;
  /// One step of relaxed averaged alternating reflections (Luke 2005): z becomes beta (z + G from) + (1 - 2 beta) P z,
  /// and `to` = G+ (2 P z - z). P is here, and in settle(), of the magnitudes even where bands are known.
  virtual void relax(int from, int to, float beta) = 0;
  /// `to` = G+ P z.
  virtual void settle(int to) = 0;
  /// `to` = G+ P G from.
  virtual void project(int from, int to) = 0;
  /// t' = (1 - share) d + share p; c = t' + momentum (t' - t); d = t' + lag (t' - t); t = t' (Nenov et al. 2023).
  virtual void accelerate(int p, int c, int t, int d, const Acceleration& by) = 0;
  /// `to` = from.
  virtual void copy(int from, int to) = 0;
  /// Items 3 i, 3 i + 1, 3 i + 2 are left, right and (left + right) / sqrt 2: makes them the nearest three that are.
  virtual void couple(int signal) = 0;

  /// sum (|G from| - wanted)^2, or of bands, in double, in the order of the frames; [items], 0 for those that are done.
  virtual std::vector<double> errors(int from) = 0;
  /// A signal of one item, done or not, to the host: as many of its samples as there is room for.
  virtual void read(int signal, std::size_t item, std::span<float> samples) = 0;
  /// No more steps for this item.
  virtual void set_done(std::size_t item) = 0;
};

}  // namespace spectrohue
