// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "spectro/phase_start.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "core/counter_hash.h"
#include "core/phase_gradient.h"
#include "math/elementary.h"
#include "spectrohue/buffer.h"
#include "spectrohue/error.h"

namespace spectrohue {

namespace {

/// Bins this much below the largest, -120 dB, have no phase that could be integrated.
constexpr float kTolerance = 1e-6F;

float random_turns(std::uint64_t seed, std::uint64_t place) {
  return static_cast<float>(unit_number(seed, place) - 0.5);
}

float wrapped(float turns) { return turns - math::round_even(turns); }

float largest(std::span<const float> magnitudes) {
  float most = 0.0F;
  for (const float m : magnitudes) most = std::max(most, std::fabs(m));
  return most;
}

/// A spectrogram as lists of rows.
struct Shape {
  Shape(const StftSettings& stft, std::size_t size) : n_bins(stft.n_bins()), n_frames(std::int64_t(size) / n_bins) {}
  std::int64_t n_bins;
  std::int64_t n_frames;
  std::int64_t size() const { return n_frames * n_bins; }
};

/// How much the phase turns from one bin to a neighbour, from the logarithms of the magnitudes around them (Prusa,
/// Balazs & Sondergaard 2017, eq. 14 and 15, with trapezoidal steps).
class PhaseGradient {
 public:
  PhaseGradient(const StftSettings& stft, std::span<const float> magnitudes)
      : shape_(stft, magnitudes.size()),
        scale_(phase_scale(stft)),
        logs_(magnitudes.size()),
        advance_(static_cast<std::size_t>(shape_.n_bins)) {
    const float least = math::least_logged(largest(magnitudes));
    for (std::size_t i = 0; i < magnitudes.size(); ++i) {
      logs_[i] = math::log2(std::max(std::fabs(magnitudes[i]), least));
    }
    const double n = stft.n_fft;
    for (std::int64_t k = 0; k < shape_.n_bins; ++k) {
      advance_[k] = static_cast<float>(static_cast<double>(stft.hop_length * k % stft.n_fft) / n);
    }
  }

  std::span<const float> logs() const { return logs_.span(); }

  auto log_at() const {
    return [this](std::int64_t place) { return logs_[static_cast<std::size_t>(place)]; };
  }
  /// From bin (frame, k) to (frame + 1, k), not wrapped.
  float time_step(std::int64_t frame, std::int64_t k) const {
    return advance_[k] + math::time_gradient(scale_, frame * shape_.n_bins + k, k, shape_.n_bins, log_at());
  }
  /// From bin (frame, k) to (frame, k + 1).
  float bin_step(std::int64_t frame, std::int64_t k) const {
    return math::bin_gradient(scale_, frame * shape_.n_bins + k, frame == 0, frame + 1 == shape_.n_frames,
                              shape_.n_bins, log_at());
  }

 private:
  Shape shape_;
  math::PhaseScale scale_;
  Buffer<float> logs_;          // [n_frames, n_bins]
  std::vector<float> advance_;  // [n_bins] turns of a bin's centre frequency a hop
};

/// Places by level, the highest level first, of one level the last that came.
class LevelQueue {
 public:
  /// Levels of logarithms (base 2) from `least` to `most`.
  LevelQueue(std::size_t places, float least, float most)
      : next_(places), last_(kLevels, kNone), least_(least), scale_((kLevels - 1) / std::max(most - least, 1e-3F)) {}

  bool empty() const { return n_ == 0; }
  void push(std::uint32_t place, float log) {
    const int level = std::clamp(static_cast<int>((log - least_) * scale_), 0, kLevels - 1);
    next_[place] = last_[level];
    last_[level] = place;
    top_ = std::max(top_, level);
    ++n_;
  }
  std::uint32_t pop() {
    while (last_[top_] == kNone) --top_;
    const std::uint32_t place = last_[top_];
    last_[top_] = next_[place];
    --n_;
    return place;
  }

 private:
  static constexpr int kLevels = 4096;  // of 120 dB
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  Buffer<std::uint32_t> next_;  // [places] of the same level
  std::vector<std::uint32_t> last_;
  float least_;
  float scale_;
  int top_ = 0;
  std::int64_t n_ = 0;
};

/// What both ways of integration know of their bins.
class Integration {
 protected:
  /// Bins whose logarithms are above `least` are integrated.
  Integration(const StftSettings& stft, std::span<const float> magnitudes, float least, std::uint64_t seed,
              std::span<float> phases)
      : shape_(stft, magnitudes.size()),
        gradient_(stft, magnitudes),
        logs_(gradient_.logs()),
        phases_(phases),
        least_(least),
        seed_(seed) {}

  bool is_integrated(std::int64_t place) const { return logs_[place] > least_; }
  bool is_open(std::int64_t place) const { return phases_[place] == kOpen; }
  /// Makes a bin open; one that is not integrated gets its phase.
  void begin(std::int64_t place) {
    phases_[place] = is_integrated(place) ? kOpen : random_turns(seed_, static_cast<std::uint64_t>(place));
  }

  Shape shape_;
  PhaseGradient gradient_;
  std::span<const float> logs_;
  std::span<float> phases_;
  float least_;

 private:
  static constexpr float kOpen = 2.0F;  // no phase is
  std::uint64_t seed_;
};

/// Phase gradient heap integration, with levels in the place of a heap's order.
class HeapIntegration : Integration {
 public:
  HeapIntegration(const StftSettings& stft, std::span<const float> magnitudes, std::uint64_t seed,
                  std::span<float> phases)
      : HeapIntegration(stft, magnitudes, math::log2(std::max(largest(magnitudes), math::kTiny)), seed, phases) {}

  void run() {
    std::vector<std::uint32_t> seeds;
    for (std::int64_t i = 0; i < shape_.size(); ++i) {
      begin(i);
      if (is_integrated(i) && is_peak(i)) seeds.push_back(static_cast<std::uint32_t>(i));
    }
    // The largest bin of every region is one of them.
    std::stable_sort(seeds.begin(), seeds.end(), [&](std::uint32_t a, std::uint32_t b) { return logs_[a] > logs_[b]; });
    for (const std::uint32_t place : seeds) {
      if (!is_open(place)) continue;
      phases_[place] = 0.0F;
      queue_.push(place, logs_[place]);
      while (!queue_.empty()) spread(queue_.pop());
    }
  }

 private:
  /// most: logarithm of the largest magnitude. Of silence nothing is integrated.
  HeapIntegration(const StftSettings& stft, std::span<const float> magnitudes, float most, std::uint64_t seed,
                  std::span<float> phases)
      : Integration(stft, magnitudes, std::max(most + std::log2(kTolerance), math::log2(math::kTiny)), seed, phases),
        queue_(magnitudes.size(), least_, most) {}

  bool is_peak(std::int64_t i) const {
    const std::int64_t k = i % shape_.n_bins;
    const float l = logs_[i];
    return !(k > 0 && logs_[i - 1] > l) && !(k + 1 < shape_.n_bins && logs_[i + 1] > l) &&
           !(i >= shape_.n_bins && logs_[i - shape_.n_bins] > l) &&
           !(i + shape_.n_bins < shape_.size() && logs_[i + shape_.n_bins] > l);
  }

  void set(std::int64_t place, float phase) {
    phases_[place] = wrapped(phase);
    queue_.push(static_cast<std::uint32_t>(place), logs_[place]);
  }

  void spread(std::int64_t i) {
    const std::int64_t frame = i / shape_.n_bins;
    const std::int64_t k = i - frame * shape_.n_bins;
    const float phase = phases_[i];
    if (k + 1 < shape_.n_bins && is_open(i + 1)) set(i + 1, phase + gradient_.bin_step(frame, k));
    if (k > 0 && is_open(i - 1)) set(i - 1, phase - gradient_.bin_step(frame, k - 1));
    if (frame + 1 < shape_.n_frames && is_open(i + shape_.n_bins)) {
      set(i + shape_.n_bins, phase + gradient_.time_step(frame, k));
    }
    if (frame > 0 && is_open(i - shape_.n_bins)) set(i - shape_.n_bins, phase - gradient_.time_step(frame - 1, k));
  }

  LevelQueue queue_;
};

/// Real-time phase gradient heap integration, a frame of look-ahead: every frame from the one before it.
class FrameIntegration : Integration {
 public:
  FrameIntegration(const StftSettings& stft, std::span<const float> magnitudes, std::uint64_t seed,
                   std::span<float> phases)
      : Integration(stft, magnitudes, math::log2(std::max(kTolerance * largest(magnitudes), math::kTiny)), seed,
                    phases) {}

  void run() {
    for (std::int64_t frame = 0; frame < shape_.n_frames; ++frame) integrate(frame);
  }

 private:
  struct Entry {
    float log;
    std::int64_t place;
    bool operator<(const Entry& other) const { return log != other.log ? log < other.log : place > other.place; }
  };

  void push(std::int64_t place) {
    heap_.push_back({logs_[place], place});
    std::push_heap(heap_.begin(), heap_.end());
  }
  std::int64_t pop() {
    std::pop_heap(heap_.begin(), heap_.end());
    const std::int64_t place = heap_.back().place;
    heap_.pop_back();
    return place;
  }

  void integrate(std::int64_t frame) {
    const std::int64_t first = frame * shape_.n_bins;
    const std::int64_t end = first + shape_.n_bins;
    std::vector<std::int64_t> open;
    for (std::int64_t i = first; i < end; ++i) {
      begin(i);
      if (is_integrated(i)) open.push_back(i);
      if (frame > 0 && is_integrated(i - shape_.n_bins)) push(i - shape_.n_bins);
    }
    std::stable_sort(open.begin(), open.end(), [&](std::int64_t a, std::int64_t b) { return logs_[a] > logs_[b]; });
    spread_all(frame);
    for (const std::int64_t i : open) {
      if (!is_open(i)) continue;
      phases_[i] = 0.0F;
      push(i);
      spread_all(frame);
    }
  }

  void spread_all(std::int64_t frame) {
    const std::int64_t first = frame * shape_.n_bins;
    while (!heap_.empty()) {
      const std::int64_t i = pop();
      if (i < first) {
        set(i + shape_.n_bins, phases_[i] + gradient_.time_step(frame - 1, i - (first - shape_.n_bins)));
        continue;
      }
      const std::int64_t k = i - first;
      if (k + 1 < shape_.n_bins) set(i + 1, phases_[i] + gradient_.bin_step(frame, k));
      if (k > 0) set(i - 1, phases_[i] - gradient_.bin_step(frame, k - 1));
    }
  }
  void set(std::int64_t place, float phase) {
    if (!is_open(place)) return;
    phases_[place] = wrapped(phase);
    push(place);
  }

  std::vector<Entry> heap_;
};

/// Every spectral peak is a sine whose phase goes on at its frequency, found by a parabola through the logarithms of
/// three bins; the bins around it share its phase.
void integrate_peaks(const StftSettings& stft, std::span<const float> magnitudes, std::span<float> phases) {
  const Shape shape(stft, magnitudes.size());
  std::vector<double> turns(static_cast<std::size_t>(shape.n_bins), 0.0);
  const auto log_of = [](float m) { return std::log(static_cast<double>(std::fabs(m)) + 1e-30); };
  for (std::int64_t frame = 0; frame < shape.n_frames; ++frame) {
    const std::span<const float> s = magnitudes.subspan(frame * shape.n_bins, shape.n_bins);
    const auto above = [&](std::int64_t a, std::int64_t b) { return std::fabs(s[a]) > std::fabs(s[b]); };
    for (std::int64_t k = 1; k + 1 < shape.n_bins; ++k) {
      if (!above(k, k - 1) || !above(k, k + 1)) continue;
      const double left = log_of(s[k - 1]);
      const double right = log_of(s[k + 1]);
      const double curvature = left - 2 * log_of(s[k]) + right;
      const double offset = curvature != 0 ? (left - right) / (2 * curvature) : 0;
      double phase = turns[k] + stft.hop_length * (static_cast<double>(k) + offset) / stft.n_fft;
      phase -= std::floor(phase);
      std::int64_t low = k;
      std::int64_t high = k;
      while (low > 0 && above(low, low - 1)) --low;
      while (high + 1 < shape.n_bins && above(high, high + 1)) ++high;
      std::fill(turns.begin() + low, turns.begin() + high + 1, phase);
      k = high;
    }
    for (std::int64_t k = 0; k < shape.n_bins; ++k) {
      phases[frame * shape.n_bins + k] = wrapped(static_cast<float>(turns[k]));
    }
  }
}

}  // namespace

void start_phases(const StftSettings& stft, std::span<const float> magnitudes, const RetrievalSettings& settings,
                  std::span<float> phases) {
  if (magnitudes.size() >= std::numeric_limits<std::uint32_t>::max()) {
    throw Error(ErrorCode::Unsupported,
                "phases of more than 2^32 bins of one channel cannot be found; cut the picture");
  }
  switch (settings.start) {
    case PhaseStart::Pghi: return HeapIntegration(stft, magnitudes, settings.seed, phases).run();
    case PhaseStart::Rtpghi: return FrameIntegration(stft, magnitudes, settings.seed, phases).run();
    case PhaseStart::Spsi: return integrate_peaks(stft, magnitudes, phases);
    case PhaseStart::Zero: std::fill(phases.begin(), phases.end(), 0.0F); return;
    case PhaseStart::Random:
      for (std::size_t i = 0; i < phases.size(); ++i) phases[i] = random_turns(settings.seed, i);
      return;
    case PhaseStart::Forest:  // a backend's
    case PhaseStart::Stored: return;
  }
}

}  // namespace spectrohue
