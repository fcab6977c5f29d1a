// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What the threads of phase retrieval's steps do (include/spectrohue/projector.h); projector.cu launches them,
// projector_order.h says in which order. Twin of host/cpu/projector.cpp and projection_lanes.h.
//
// What is wanted of all items, and their state, stay in device memory as rows, one a frame, one item after another. A
// slot of frames goes through the FFT at a time; a segment says of which item they are, and first_row where its rows
// begin. A bin is changed by one thread.
#pragma once

#include "kernels/fft.h"
#include "kernels/launch_shape.h"
#include "kernels/pixels.h"
#include "kernels/slots.h"
#include "math/projection.h"

namespace spectrohue::cuda {

/// A slot's frames, and where they lie among the rows of all items.
struct ProjectionSlot {
  SlotView slot;
  const std::int64_t* first_row = nullptr;  ///< [items]
  std::int64_t capacity = 0;                ///< frames that the FFT takes: those behind the slot's become zeros

  SPECTROHUE_HD bool holds(std::int64_t slot_frame) const { return slot_frame < slot.n_frames; }
  SPECTROHUE_HD std::int64_t row(std::int64_t slot_frame) const {
    const Segment& s = slot.segment(slot_frame);
    return first_row[s.item] + s.first_frame + (slot_frame - s.slot_frame);
  }
};

// Each of these is a kernel: its arguments, its shape and what a thread, or a block, does.

struct BeginStateArgs {
  const float* magnitudes = nullptr;  ///< [n_rows, n_bins]
  const float* phases = nullptr;      ///< [n_rows, n_bins] turns
  Bin* state = nullptr;               ///< [n_rows, n_bins]
  std::int64_t n_rows = 0;
  int n_fft = 0;
};

/// Magnitudes and phases to bins.
struct BeginState {
  static constexpr const char* kName = "begin_state_kernel";
  using Args = BeginStateArgs;
  static LaunchShape shape(const Args& a) { return rows_launch(a.n_rows, a.n_fft / 2 + 1); }
  SPECTROHUE_HD static void thread(const Args& a, const ThreadIndex& at, unsigned threads) {
    const std::int64_t bin = row_index(at, threads);
    const std::int64_t n_bins = a.n_fft / 2 + 1;
    if (bin >= n_bins) return;
    const std::int64_t i = at.block.x * n_bins + bin;
    Bin x;
    math::bin_of_phase(math::abs(a.magnitudes[i]), a.phases[i], x.re, x.im);
    if (is_real_bin(static_cast<int>(bin), a.n_fft)) x.im = 0.0F;
    a.state[i] = x;
  }
};

struct ProjectArgs {
  ProjectionSlot frames;
  int n_fft = 0;
  float beta = 0.0F;              ///< Relax
  const float* wanted = nullptr;  ///< [rows, n_bins] see ProjectorItem::magnitudes
  Bin* state = nullptr;           ///< [rows, n_bins]
  Bin* spectrum = nullptr;        ///< [capacity, n_bins]
};

inline LaunchShape project_launch(const ProjectArgs& a) { return rows_launch(a.frames.capacity, a.n_fft / 2 + 1); }

/// use(place in the rows, x) for a thread's bin of the spectrum. Where no frame is, x becomes 0.
template <class Use>
SPECTROHUE_HD void use_bin(const ProjectArgs& a, const ThreadIndex& at, unsigned threads, Use&& use) {
  const std::int64_t bin = row_index(at, threads);
  const std::int64_t n_bins = a.n_fft / 2 + 1;
  if (bin >= n_bins) return;
  const std::int64_t frame = at.block.x;
  Bin& in_spectrum = a.spectrum[frame * n_bins + bin];
  if (!a.frames.holds(frame)) {
    in_spectrum = {0.0F, 0.0F};
    return;
  }
  Bin x = in_spectrum;
  // The library does not say what it leaves there.
  if (is_real_bin(static_cast<int>(bin), a.n_fft)) x.im = 0.0F;
  use(a.frames.row(frame) * n_bins + bin, x);
  in_spectrum = x;
}

/// P of bins.
struct Project {
  static constexpr const char* kName = "project_kernel";
  using Args = ProjectArgs;
  static LaunchShape shape(const Args& a) { return project_launch(a); }
  SPECTROHUE_HD static void thread(const Args& a, const ThreadIndex& at, unsigned threads) {
    use_bin(a, at, threads, [&](std::int64_t i, Bin& x) { math::set_magnitude(a.wanted[i], x.re, x.im); });
  }
};

/// Bins of G of the signal to those of 2 P z - z, and z to the next one.
struct Relax {
  static constexpr const char* kName = "relax_kernel";
  using Args = ProjectArgs;
  static LaunchShape shape(const Args& a) { return project_launch(a); }
  SPECTROHUE_HD static void thread(const Args& a, const ThreadIndex& at, unsigned threads) {
    use_bin(a, at, threads, [&](std::int64_t i, Bin& x) {
      Bin z = a.state[i];
      math::relax(a.wanted[i], a.beta, z.re, z.im, x.re, x.im);
      a.state[i] = z;
    });
  }
};

/// z, or P z, to the spectrum.
template <bool Projects>
struct LoadState {
  static constexpr const char* kName = Projects ? "settle_kernel" : "load_state_kernel";
  using Args = ProjectArgs;
  static LaunchShape shape(const Args& a) { return project_launch(a); }
  SPECTROHUE_HD static void thread(const Args& a, const ThreadIndex& at, unsigned threads) {
    use_bin(a, at, threads, [&](std::int64_t i, Bin& x) {
      x = a.state[i];
      if (Projects) math::set_magnitude(a.wanted[i], x.re, x.im);
    });
  }
};

/// BandSums, and the same by bins: bin k is in the bands bin_bands[e] with the weights bin_weights[e], ascending, for e
/// from bin_offset[k] up to bin_offset[k + 1].
struct BandTable {
  int n_bands = 0;
  const std::int32_t* first_bin = nullptr;  ///< [n_bands]
  const std::int32_t* offset = nullptr;     ///< [n_bands + 1]
  const float* weights = nullptr;
  const float* inverse_columns = nullptr;    ///< [n_bins]
  const std::int32_t* bin_offset = nullptr;  ///< [n_bins + 1]
  const std::int32_t* bin_bands = nullptr;
  const float* bin_weights = nullptr;
  bool of_squares = false;
};

struct ProjectBandsArgs {
  ProjectionSlot frames;
  int n_fft = 0;
  BandTable bands;
  const float* wanted = nullptr;  ///< [rows, n_bands]
  Bin* spectrum = nullptr;        ///< [capacity, n_bins]
  float* parts = nullptr;         ///< [capacity, n_fft] scratch memory, of which n_bins a frame are used
  float* ratios = nullptr;        ///< [capacity, n_bands] scratch memory
};

/// What a frame's bands are sums of, by a thread of a block.
SPECTROHUE_HD void measure_bins(const Bin* spectrum, int n_fft, bool of_squares, float* parts, int thread,
                                int threads) {
  for (int bin = thread; bin <= n_fft / 2; bin += threads) {
    const Bin x = spectrum[bin];
    parts[bin] = math::band_part(x.re, is_real_bin(bin, n_fft) ? 0.0F : x.im, of_squares);
  }
}
SPECTROHUE_HD float band_sum(const BandTable& bands, int band, const float* parts) {
  const float* const first = parts + bands.first_bin[band];
  const float* const weights = bands.weights + bands.offset[band];
  const int n = bands.offset[band + 1] - bands.offset[band];
  float sum = 0.0F;
  for (int j = 0; j < n; ++j) sum = sum + weights[j] * first[j];
  return sum;
}

/// Multiplicative updates of bins towards their bands, a block a frame. Every bin adds up the bands that hold it:
/// the same additions in the same order as where every band adds to its bins.
struct ProjectBands {
  static constexpr const char* kName = "project_bands_kernel";
  static constexpr int kThreads = 128;
  using Args = ProjectBandsArgs;
  struct Shared {};
  static LaunchShape shape(const Args& a) { return {{static_cast<unsigned>(a.frames.capacity)}, {kThreads}}; }

  template <class Block>
  SPECTROHUE_HD static void block(const Args& a, std::int64_t frame, Shared& /*shared*/, const Block& block) {
    const BandTable& bands = a.bands;
    const int n_bins = a.n_fft / 2 + 1;
    Bin* const spectrum = a.spectrum + frame * n_bins;
    float* const parts = a.parts + frame * a.n_fft;
    float* const ratios = a.ratios + frame * bands.n_bands;
    if (!a.frames.holds(frame)) {
      block.each([&](int thread) {
        for (int bin = thread; bin < n_bins; bin += kThreads) spectrum[bin] = {0.0F, 0.0F};
      });
      return;
    }
    const float* const wanted = a.wanted + a.frames.row(frame) * bands.n_bands;
    for (int i = 0; i < math::kBandUpdates; ++i) {
      block.each([&](int thread) { measure_bins(spectrum, a.n_fft, bands.of_squares, parts, thread, kThreads); });
      block.each([&](int thread) {
        for (int band = thread; band < bands.n_bands; band += kThreads) {
          ratios[band] = math::band_ratio(wanted[band], band_sum(bands, band, parts), bands.of_squares);
        }
      });
      block.each([&](int thread) {
        for (int bin = thread; bin < n_bins; bin += kThreads) spectrum[bin] = updated(a, ratios, bin, spectrum[bin]);
      });
    }
  }

 private:
  SPECTROHUE_HD static Bin updated(const Args& a, const float* ratios, int bin, const Bin& x) {
    const BandTable& bands = a.bands;
    float factor = 0.0F;
    for (int e = bands.bin_offset[bin]; e < bands.bin_offset[bin + 1]; ++e) {
      factor = factor + bands.bin_weights[e] * ratios[bands.bin_bands[e]];
    }
    const float scale = math::of_magnitude(factor * bands.inverse_columns[bin], bands.of_squares);
    return {x.re * scale, is_real_bin(bin, a.n_fft) ? 0.0F : x.im * scale};
  }
};

/// Sums of squared differences, a block a frame: a thread adds up every kThreads-th of them, and pairs of threads their
/// sums, always the same pairs. The CPU adds them in another order: these sums agree to rounding.
struct ErrorSums {
  static constexpr int kThreads = 128;
  struct Shared {
    float sums[kThreads];
  };

  /// of(i) for i < n to *to.
  template <class Block, class Of>
  SPECTROHUE_HD static void add_up(Shared& shared, const Block& block, int n, float* to, Of&& of) {
    block.each([&](int thread) {
      float sum = 0.0F;
      for (int i = thread; i < n; i += kThreads) sum += of(i);
      shared.sums[thread] = sum;
    });
    for (int half = kThreads / 2; half > 0; half /= 2) {
      block.each([&](int thread) {
        if (thread < half) shared.sums[thread] += shared.sums[thread + half];
      });
    }
    block.each([&](int thread) {
      if (thread == 0) *to = shared.sums[0];
    });
  }
};

struct SumErrorsArgs {
  ProjectionSlot frames;
  int n_fft = 0;
  const float* wanted = nullptr;  ///< [rows, n_bins]
  const Bin* spectrum = nullptr;  ///< [capacity, n_bins]
  float* errors = nullptr;        ///< [rows]
};

/// Of magnitudes.
struct SumErrors : ErrorSums {
  static constexpr const char* kName = "sum_errors_kernel";
  using Args = SumErrorsArgs;
  static LaunchShape shape(const Args& a) { return {{static_cast<unsigned>(a.frames.slot.n_frames)}, {kThreads}}; }
  template <class Block>
  SPECTROHUE_HD static void block(const Args& a, std::int64_t frame, Shared& shared, const Block& block) {
    const int n_bins = a.n_fft / 2 + 1;
    const std::int64_t row = a.frames.row(frame);
    const Bin* const spectrum = a.spectrum + frame * n_bins;
    const float* const wanted = a.wanted + row * n_bins;
    add_up(shared, block, n_bins, a.errors + row, [&](int bin) {
      const Bin x = spectrum[bin];
      return math::magnitude_error(wanted[bin], x.re, is_real_bin(bin, a.n_fft) ? 0.0F : x.im);
    });
  }
};

struct SumBandErrorsArgs {
  ProjectBandsArgs bands;
  float* errors = nullptr;  ///< [rows]
};

/// Of bands.
struct SumBandErrors : ErrorSums {
  static constexpr const char* kName = "sum_band_errors_kernel";
  using Args = SumBandErrorsArgs;
  static LaunchShape shape(const Args& a) {
    return {{static_cast<unsigned>(a.bands.frames.slot.n_frames)}, {kThreads}};
  }
  template <class Block>
  SPECTROHUE_HD static void block(const Args& args, std::int64_t frame, Shared& shared, const Block& block) {
    const ProjectBandsArgs& a = args.bands;
    const std::int64_t row = a.frames.row(frame);
    const Bin* const spectrum = a.spectrum + frame * (a.n_fft / 2 + 1);
    float* const parts = a.parts + frame * a.n_fft;
    const float* const wanted = a.wanted + row * a.bands.n_bands;
    block.each([&](int thread) { measure_bins(spectrum, a.n_fft, a.bands.of_squares, parts, thread, kThreads); });
    add_up(shared, block, a.bands.n_bands, args.errors + row, [&](int band) {
      return math::band_error(wanted[band], band_sum(a.bands, band, parts), a.bands.of_squares);
    });
  }
};

// ---------------------------------------------------------------------------------------------- signals

/// A thread a sample of n.
inline LaunchShape samples_launch(std::int64_t n) {
  const unsigned threads = block_threads(n);
  return {{static_cast<unsigned>(ceil_div(n, threads))}, {threads}};
}
SPECTROHUE_HD std::int64_t sample_index(const ThreadIndex& at, unsigned threads) {
  return static_cast<std::int64_t>(at.block.x) * threads + at.thread.x;
}

struct AccelerateArgs {
  const float* p = nullptr;  ///< [n], as the others
  float* c = nullptr;
  float* t = nullptr;
  float* d = nullptr;
  std::int64_t n = 0;
  float share = 0.0F;
  float momentum = 0.0F;
  float lag = 0.0F;
};

/// Projector::accelerate().
struct Accelerate {
  static constexpr const char* kName = "accelerate_kernel";
  using Args = AccelerateArgs;
  static LaunchShape shape(const Args& a) { return samples_launch(a.n); }
  SPECTROHUE_HD static void thread(const Args& a, const ThreadIndex& at, unsigned threads) {
    const std::int64_t i = sample_index(at, threads);
    if (i < a.n) math::accelerate(a.p[i], a.c[i], a.t[i], a.d[i], a.share, a.momentum, a.lag);
  }
};

struct CopySamplesArgs {
  const float* from = nullptr;  ///< [n]
  float* to = nullptr;          ///< [n]
  std::int64_t n = 0;
};

struct CopySamples {
  static constexpr const char* kName = "copy_samples_kernel";
  using Args = CopySamplesArgs;
  static LaunchShape shape(const Args& a) { return samples_launch(a.n); }
  SPECTROHUE_HD static void thread(const Args& a, const ThreadIndex& at, unsigned threads) {
    const std::int64_t i = sample_index(at, threads);
    if (i < a.n) a.to[i] = a.from[i];
  }
};

struct CoupleArgs {
  float* left = nullptr;  ///< [n], as the others
  float* right = nullptr;
  float* middle = nullptr;
  std::int64_t n = 0;
};

/// Projector::couple() of one sound.
struct Couple {
  static constexpr const char* kName = "couple_kernel";
  using Args = CoupleArgs;
  static LaunchShape shape(const Args& a) { return samples_launch(a.n); }
  SPECTROHUE_HD static void thread(const Args& a, const ThreadIndex& at, unsigned threads) {
    const std::int64_t i = sample_index(at, threads);
    if (i < a.n) math::couple(a.left[i], a.right[i], a.middle[i]);
  }
};

}  // namespace spectrohue::cuda
