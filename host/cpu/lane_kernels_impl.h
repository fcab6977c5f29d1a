// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The one source of all LaneKernels: each lane_kernels_*.cpp compiles it for its instruction set and width W. No calls
// into the standard library here and in the *_lanes.h: its inline functions would be compiled for this instruction set
// and then be shared with the whole program by the linker.
#pragma once

#include "cpu/fft_lanes.h"
#include "cpu/frames_lanes.h"
#include "cpu/lane_kernels.h"
#include "cpu/magnitudes_lanes.h"
#include "cpu/pixels_lanes.h"
#include "cpu/projection_lanes.h"
#include "math/closed_loop.h"

namespace spectrohue::cpu {

template <int W>
struct Kernels : FftLanes<W>, FramesLanes<W>, PixelsLanes<W>, ProjectionLanes<W> {
  using F = Floats<W>;
  using Half = typename FramesLanes<W>::Half;
  using FftLanes<W>::backward;
  using FftLanes<W>::change_bins;
  using FftLanes<W>::for_each_bins;
  using FftLanes<W>::forward;
  using FftLanes<W>::from_bins;
  using FramesLanes<W>::clear_imaginary_parts;
  using FramesLanes<W>::for_each_half;
  using FramesLanes<W>::for_each_sample;
  using FramesLanes<W>::load_frames;
  using FramesLanes<W>::store_frames;

  static auto spectrum_sink(float* spectrum) {
    return [spectrum](const Bins<W>& x) {
      for (int i = 0; i < x.n; ++i) {
        float* p = spectrum + static_cast<std::int64_t>(x.index[i]) * 2 * W;
        x.re[i].store(p);
        x.im[i].store(p + W);
      }
    };
  }
  static auto spectrum_source(const float* spectrum) {
    return [spectrum](Bins<W>& x) {
      for (int i = 0; i < x.n; ++i) {
        const float* p = spectrum + static_cast<std::int64_t>(x.index[i]) * 2 * W;
        x.re[i] = F::load(p);
        x.im[i] = F::load(p + W);
      }
    };
  }

  static void analyse(const TileTables& t, const float* segment, float* work, float* spectrum) {
    load_frames(t, typename FramesLanes<W>::Segment{segment, t.hop}, work);
    forward(t.fft, work);
    for_each_bins(t.fft, work, spectrum_sink(spectrum));
  }

  static void synthesise(const TileTables& t, const float* spectrum, float* work, float* frames) {
    from_bins(t.fft, work, spectrum_source(spectrum));
    backward(t.fft, work);
    store_frames(t, work, frames);
  }

  /// All bins of a source to a sink, in their order.
  template <class Source, class Sink>
  static void pass_bins(int n_fft, const Source& source, const Sink& sink) {
    for (int bin = 0; bin <= n_fft / 2;) {
      Bins<W> x{};
      for (x.n = 0; x.n < Bins<W>::kMost && bin <= n_fft / 2; ++bin) x.index[x.n++] = bin;
      source(x);
      sink(x);
    }
  }

  static void encode_pixels(const TileTables& t, const TileCode& code, const float* spectrum, float inverse_ref,
                            const TilePixels& target) {
    using P = PixelsLanes<W>;
    const auto source = spectrum_source(spectrum);
    code.bits == 8 ? pass_bins(t.fft.n, source, P::template pixel_sink<1>(code, inverse_ref, target))
                   : pass_bins(t.fft.n, source, P::template pixel_sink<2>(code, inverse_ref, target));
  }

  static void decode_pixels(const TileTables& t, const TileCode& code, const TilePixels& pixels, float ref,
                            float* spectrum) {
    using P = PixelsLanes<W>;
    const auto sink = spectrum_sink(spectrum);
    code.bits == 8 ? pass_bins(t.fft.n, P::template pixel_source<1>(t, code, pixels, ref), sink)
                   : pass_bins(t.fft.n, P::template pixel_source<2>(t, code, pixels, ref), sink);
  }

  static void encode(const TileTables& t, const TileCode& code, const float* segment, float inverse_ref, float* work,
                     const TilePixels& target) {
    load_frames(t, typename FramesLanes<W>::Segment{segment, t.hop}, work);
    forward(t.fft, work);
    code.bits == 8 ? for_each_bins(t.fft, work, PixelsLanes<W>::template pixel_sink<1>(code, inverse_ref, target))
                   : for_each_bins(t.fft, work, PixelsLanes<W>::template pixel_sink<2>(code, inverse_ref, target));
  }

  static void decode(const TileTables& t, const TileCode& code, const TilePixels& pixels, float ref, float* work,
                     float* frames) {
    code.bits == 8 ? from_bins(t.fft, work, PixelsLanes<W>::template pixel_source<1>(t, code, pixels, ref))
                   : from_bins(t.fft, work, PixelsLanes<W>::template pixel_source<2>(t, code, pixels, ref));
    backward(t.fft, work);
    store_frames(t, work, frames);
  }

  /// An upper bound of re^2 + im^2 over the bins of one windowed frame, weighed or not (weights are at most 1). Twice
  /// the sum over all bins but DC and Nyquist, and once those two, is n times the energy.
  static float power_bound(const TileTables& t, const float* frame) {
    F energy{};
    F sum{};
    int i = 0;
    for (; i + W <= t.fft.n; i += W) {
      const F x = F::load(frame + i) * F::load(t.window + i);
      energy = energy + x * x;
      sum = sum + x;
    }
    float e = 0.0F;
    float dc = 0.0F;
    float nyquist = 0.0F;
    const auto add = [&](float x, float x2, int at) {
      e += x2;
      dc += x;
      nyquist += at % 2 == 0 ? x : -x;
    };
    for (int l = 0; l < W; ++l) add(sum.v[l], energy.v[l], l);
    for (; i < t.fft.n; ++i) {
      const float x = frame[i] * t.window[i];
      add(x, x * x, i);
    }
    constexpr float kRounding = 1.01F;
    return kRounding * 0.5F * (static_cast<float>(t.fft.n) * e + dc * dc + nyquist * nyquist);
  }

  static void peak(const TileTables& t, const float* gains, const float* segment, float floor, float* work,
                   float* power) {
    // Of a smaller floor, the squares of samples may have underflown.
    bool above = floor < 1e-20F;
    for (int l = 0; l < W && !above; ++l) above = !(power_bound(t, segment + l * t.hop) <= floor);
    if (!above) return F{}.store(power);
    load_frames(t, typename FramesLanes<W>::Segment{segment, t.hop}, work);
    forward(t.fft, work);
    F largest{};
    for_each_bins(t.fft, work, [&](Bins<W>& x) {
      PixelsLanes<W>::weigh(gains, x);
      for (int i = 0; i < x.n; ++i) largest = max(x.re[i] * x.re[i] + x.im[i] * x.im[i], largest);
    });
    largest.store(power);
  }

  static void feedback(const TileTables& t, const TileCode& code, const FeedbackTile& tile, float* work) {
    const int n = t.fft.n;
    const auto error_at = [&](int i) {
      const int slot = tile.base + i;
      return tile.ring + static_cast<std::int64_t>(slot < n ? slot : slot - n) * W;
    };
    // The decoder adds window * (frame as decoded); the frame itself is taken off the error before, what comes back is
    // added after.
    for_each_half(n, [&](const Half& half) {
      for_each_sample(tile.rows, half, [&](int i, F x) {
        const F frame = x * t.window[i];
        const F error = F::load(error_at(i));
        math::corrected_sample<F>(frame, error, tile.correction[i]).store(work + half.spot(i));
        math::wanted_error<F>(error, frame, t.window[i]).store(error_at(i));
      });
    });
    clear_imaginary_parts(n, work);
    forward(t.fft, work);
    code.bits == 8 ? change_bins(t.fft, work, PixelsLanes<W>::template quantiser<1>(t, code, tile))
                   : change_bins(t.fft, work, PixelsLanes<W>::template quantiser<2>(t, code, tile));
    backward(t.fft, work);
    for_each_half(n, [&](const Half& half) {
      for (int i = half.first; i < half.last; ++i) {
        float* error = error_at(i);
        math::decoded_error<F>(F::load(error), F::load(work + half.spot(i)), t.synthesis_window[i]).store(error);
      }
    });
  }

  static void sweep(const TileTables& t, const TileCode& code, const SweepTile& tile, float* work, float* frames) {
    load_frames(t, tile.rows, work);
    forward(t.fft, work);
    code.bits == 8 ? change_bins(t.fft, work, PixelsLanes<W>::template mover<1>(t, code, tile))
                   : change_bins(t.fft, work, PixelsLanes<W>::template mover<2>(t, code, tile));
    backward(t.fft, work);
    store_frames(t, work, frames);
  }

  // ------------------------------------------------------------------------------------------- phase retrieval

  using Projection = ProjectionLanes<W>;

  static void transform_segment(const TileTables& t, const ProjectionTile& tile, float* work) {
    load_frames(t, typename FramesLanes<W>::Segment{tile.segment, t.hop}, work);
    forward(t.fft, work);
  }

  static void project(const TileTables& t, const ProjectionTile& tile, float* work, float* frames) {
    transform_segment(t, tile, work);
    change_bins(t.fft, work, Projection::projection(tile));
    backward(t.fft, work);
    store_frames(t, work, frames);
  }

  static void relax(const TileTables& t, const ProjectionTile& tile, float beta, float* work, float* frames) {
    transform_segment(t, tile, work);
    change_bins(t.fft, work, Projection::relaxation(tile, beta));
    backward(t.fft, work);
    store_frames(t, work, frames);
  }

  static void settle(const TileTables& t, const ProjectionTile& tile, float* work, float* frames) {
    from_bins(t.fft, work, Projection::settled(tile));
    backward(t.fft, work);
    store_frames(t, work, frames);
  }

  static void errors(const TileTables& t, const ProjectionTile& tile, float* work, float* errors) {
    transform_segment(t, tile, work);
    F sum{};
    for_each_bins(t.fft, work, Projection::error_sum(tile, sum));
    sum.store(errors);
  }

  static void project_bands(const TileTables& t, const BandTables& bands, const ProjectionTile& tile, float* work,
                            float* spectrum, float* bins, float* frames) {
    analyse(t, tile.segment, work, spectrum);
    for (int i = 0; i < math::kBandUpdates; ++i) Projection::update_bins(bands, tile.bands, spectrum, bins);
    synthesise(t, spectrum, work, frames);
  }

  static void band_errors(const TileTables& t, const BandTables& bands, const ProjectionTile& tile, float* work,
                          float* spectrum, float* bins, float* errors) {
    analyse(t, tile.segment, work, spectrum);
    Projection::band_error(bands, tile.bands, spectrum, bins).store(errors);
  }
};

template <int W>
constexpr LaneKernels make_lane_kernels(const char* name) {
  using K = Kernels<W>;
  using M = MagnitudesLanes<W>;
  return {name,
          W,
          K::analyse,
          K::synthesise,
          K::encode_pixels,
          K::decode_pixels,
          K::encode,
          K::decode,
          K::peak,
          K::feedback,
          K::sweep,
          {M::encode_magnitudes, M::encode_phases, M::decode_phases},
          K::project,
          K::relax,
          K::settle,
          K::errors,
          K::project_bands,
          K::band_errors};
}

}  // namespace spectrohue::cpu
