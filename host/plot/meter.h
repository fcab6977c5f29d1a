// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// A sound, stretch by stretch, to the levels and waveforms of a figure. What is in memory depends on the figure's
// pixels, not on the length of the sound.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plot/figure.h"
#include "spectrohue/backend.h"

namespace spectrohue::plot {

/// What a pixel shows of several frames and bins that fall into it.
enum class Reduce {
  Max,   ///< the greatest power: clicks and thin lines stay visible however much is drawn together
  Mean,  ///< the mean power
};
Reduce reduce_from_string(std::string_view name);  ///< "max" or "mean"; throws Error(Usage)
std::string to_string(Reduce reduce);

struct MeterSettings {
  StftSettings stft;  ///< pad_mode is not looked at: frames see zeros outside the sound
  Reduce reduce = Reduce::Max;
};

/// What is measured.
struct SoundShape {
  int sample_rate = 0;
  int channels = 0;
  std::int64_t n_samples = 0;
};

/// Which of some values fall into a pixel, or between which of them it lies.
struct Cell {
  std::int64_t first = 0;
  std::int64_t count = 0;  ///< of the values from `first` on
  float weight = 0;        ///< count is 0: of value first + 1, the rest being `first`'s
};

/// The cells between rising edges, [edges - 1], of values at rising positions, of which there is at least one. A value
/// on an edge belongs to the cell above; one on the last edge to the last cell. A cell without values has its centre
/// interpolated between its neighbours', or beyond the outermost is like that one.
std::vector<Cell> cells_of(std::span<const double> positions, std::span<const double> edges);

/// Measures the part of a sound that a figure shows.
///
/// Levels are 20 log10(magnitude / magnitude of a full-scale sine). A pixel of the figure takes all frames whose
/// centres lie in its column, and of those all bins in its row, as Reduce says; where columns are narrower than frames
/// are apart, or rows than bins, those without any are interpolated linearly, in dB.
class Meter {
 public:
  /// settings.stft must be valid; figure, its panels left out, and layout must belong together. All must live as long.
  Meter(Backend& backend, const MeterSettings& settings, const SoundShape& sound, const Figure& figure,
        const Layout& layout);

  /// Which samples are looked at: those before and behind may be left out.
  std::int64_t first_sample() const { return first_sample_; }
  std::int64_t end_sample() const { return end_sample_; }

  /// The next n samples of every channel, finite, channel c at samples + c * stride; the first of all is sample
  /// `first`. Throws what the backend throws.
  void add(const float* samples, std::int64_t stride, std::int64_t first, std::int64_t n);

  /// Instead of samples: the next n_frames frames of spectrum, phases of no account, [channels, n_frames, n_bins]. The
  /// first of all is frame 0 of the sound. There is no waveform then.
  void add_frames(std::span<const Complex> spectra, std::int64_t n_frames);

  /// After all samples up to end_sample(): what is to be drawn of each channel.
  std::vector<Panel> finish();

 private:
  struct Channel {
    std::vector<float> pending;  // samples from pending_first_ on
    std::vector<float> power;    // [n_bins] of the frames of a slot
    std::vector<float> levels;   // [slots, rows]
    std::vector<float> low;      // [columns]
    std::vector<float> high;
    std::vector<float> samples;  // all that are shown, where they are fewer than columns
  };

  void add_to_waveform(Channel& channel, const float* samples, std::int64_t first, std::int64_t n) const;
  void analyse_pending(bool is_last);
  void analyse(std::int64_t offset, std::int64_t n_frames);
  void take_frame(std::int64_t frame, const Complex* spectra, std::int64_t index, std::int64_t n_frames);
  std::int64_t slot_of(std::int64_t frame) const;
  void end_slot();
  void set_levels(Channel& channel, std::int64_t slot, float scale) const;
  std::vector<Cell> column_cells() const;
  std::vector<Cell> nearest_slots() const;
  std::vector<double> column_edges() const;
  Panel panel_of(const Channel& channel, const std::vector<Cell>& cells) const;
  void draw_sparse_waveform(const Channel& channel, Panel& panel) const;

  Backend& backend_;
  MeterSettings settings_;
  std::int64_t columns_;
  std::int64_t rows_;
  double start_;         // of the first column, in samples
  double column_width_;  // in samples
  double frame_offset_;  // centre of frame 0
  bool is_dense_;        // a slot is a column, else a frame
  bool has_all_samples_ = false;
  std::int64_t first_frame_;
  std::int64_t end_frame_;
  std::int64_t first_sample_;
  std::int64_t end_sample_;
  float full_scale_db_;
  std::vector<Cell> row_cells_;

  std::int64_t next_frame_;
  std::int64_t pending_first_;
  std::int64_t slot_ = -1;
  std::int64_t slot_frames_ = 0;
  std::vector<bool> slot_is_set_;
  std::vector<Channel> channels_;
  std::int64_t added_frames_ = 0;
  std::vector<Complex> spectrum_;  // [channels, frames, n_bins]
  mutable std::vector<float> below_;
  mutable std::vector<float> above_;
};

}  // namespace spectrohue::plot
