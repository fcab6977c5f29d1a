// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The steps of phase retrieval in SIMD lanes, between the FFT and its inverse. Compiled once an instruction set: see
// lane_kernels_impl.h.
#pragma once

#include "cpu/lane_kernels.h"
#include "cpu/lanes.h"
#include "math/projection.h"

namespace spectrohue::cpu {

template <int W>
struct ProjectionLanes {
  using F = Floats<W>;

  static float* complex_at(float* spectrum, int bin) { return spectrum + static_cast<std::int64_t>(bin) * 2 * W; }
  static F magnitude_at(const ProjectionTile& tile, int bin) {
    return F::load(tile.magnitudes + static_cast<std::int64_t>(bin) * W);
  }

  static auto projection(const ProjectionTile& tile) {
    return [&tile](Bins<W>& x) {
      for (int i = 0; i < x.n; ++i) math::set_magnitude<F>(magnitude_at(tile, x.index[i]), x.re[i], x.im[i]);
    };
  }

  /// Bins of G y become those of 2 P z - z; see Projector::relax().
  static auto relaxation(const ProjectionTile& tile, float beta) {
    return [&tile, beta](Bins<W>& x) {
      for (int i = 0; i < x.n; ++i) {
        float* const state = complex_at(tile.state, x.index[i]);
        F re = F::load(state);
        F im = F::load(state + W);
        math::relax<F>(magnitude_at(tile, x.index[i]), beta, re, im, x.re[i], x.im[i]);
        re.store(state);
        im.store(state + W);
      }
    };
  }

  static auto settled(const ProjectionTile& tile) {
    return [&tile](Bins<W>& x) {
      for (int i = 0; i < x.n; ++i) {
        const float* const state = complex_at(tile.state, x.index[i]);
        x.re[i] = F::load(state);
        x.im[i] = F::load(state + W);
        math::set_magnitude<F>(magnitude_at(tile, x.index[i]), x.re[i], x.im[i]);
      }
    };
  }

  /// Adds up what bins are off by.
  static auto error_sum(const ProjectionTile& tile, F& sum) {
    return [&tile, &sum](Bins<W>& x) {
      for (int i = 0; i < x.n; ++i) {
        sum = sum + math::magnitude_error<F>(magnitude_at(tile, x.index[i]), x.re[i], x.im[i]);
      }
    };
  }

  // ------------------------------------------------------------------------------------------- bands

  /// What bands are sums of, of every bin: [n_bins][W].
  static void measure_bins(const BandTables& bands, const float* spectrum, float* bins) {
    for (int k = 0; k < bands.n_bins; ++k) {
      const float* const p = spectrum + static_cast<std::int64_t>(k) * 2 * W;
      math::band_part<F>(F::load(p), F::load(p + W), bands.of_squares).store(bins + static_cast<std::int64_t>(k) * W);
    }
  }
  static F band_sum(const BandTables& bands, int band, const float* bins) {
    const float* const first = bins + static_cast<std::int64_t>(bands.first_bin[band]) * W;
    const float* const weights = bands.weights + bands.offset[band];
    F sum{};
    for (int j = 0; j < bands.offset[band + 1] - bands.offset[band]; ++j) {
      sum = sum + weights[j] * F::load(first + static_cast<std::int64_t>(j) * W);
    }
    return sum;
  }

  /// One multiplicative update of the bins towards the bands' smallest Kullback-Leibler divergence (Lee & Seung 2000):
  /// phases stay. `bins` is scratch memory, [2 n_bins][W].
  static void update_bins(const BandTables& bands, const float* wanted, float* spectrum, float* bins) {
    float* const factors = bins + static_cast<std::int64_t>(bands.n_bins) * W;
    measure_bins(bands, spectrum, bins);
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(bands.n_bins) * W; i += W) F{}.store(factors + i);
    for (int band = 0; band < bands.n_bands; ++band) {
      const F value = F::load(wanted + static_cast<std::int64_t>(band) * W);
      const F ratio = math::band_ratio<F>(value, band_sum(bands, band, bins), bands.of_squares);
      float* const first = factors + static_cast<std::int64_t>(bands.first_bin[band]) * W;
      const float* const weights = bands.weights + bands.offset[band];
      for (int j = 0; j < bands.offset[band + 1] - bands.offset[band]; ++j) {
        float* const p = first + static_cast<std::int64_t>(j) * W;
        (F::load(p) + weights[j] * ratio).store(p);
      }
    }
    for (int k = 0; k < bands.n_bins; ++k) {
      const F factor = F::load(factors + static_cast<std::int64_t>(k) * W) * bands.inverse_columns[k];
      const F scale = math::of_magnitude<F>(factor, bands.of_squares);
      float* const p = complex_at(spectrum, k);
      (F::load(p) * scale).store(p);
      (F::load(p + W) * scale).store(p + W);
    }
  }

  static F band_error(const BandTables& bands, const float* wanted, const float* spectrum, float* bins) {
    measure_bins(bands, spectrum, bins);
    F sum{};
    for (int band = 0; band < bands.n_bands; ++band) {
      const F value = F::load(wanted + static_cast<std::int64_t>(band) * W);
      sum = sum + math::band_error<F>(value, band_sum(bands, band, bins), bands.of_squares);
    }
    return sum;
  }
};

}  // namespace spectrohue::cpu
