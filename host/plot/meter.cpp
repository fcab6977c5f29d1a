// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "plot/meter.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "math/elementary.h"
#include "spectrohue/error.h"

namespace spectrohue::plot {

namespace {

/// Of a spectrum in a call: what stays in a processor's cache, and what keeps a device busy.
constexpr std::int64_t kCachedValues = std::int64_t{1} << 16;
constexpr std::int64_t kDeviceValues = std::int64_t{1} << 22;

/// 10 log10(2): dB of a doubled power.
constexpr float kDoubledDb = 3.01029996F;

float power_db(float power) { return kDoubledDb * math::log2(std::max(power, math::kTiny)); }

void square(const Complex* spectrum, std::size_t n, float* power) {
  const auto* parts = reinterpret_cast<const float*>(spectrum);
  for (std::size_t i = 0; i < n; ++i) power[i] = parts[2 * i] * parts[2 * i] + parts[2 * i + 1] * parts[2 * i + 1];
}

void raise(const Complex* spectrum, std::size_t n, float* power) {
  const auto* parts = reinterpret_cast<const float*>(spectrum);
  for (std::size_t i = 0; i < n; ++i) {
    const float p = parts[2 * i] * parts[2 * i] + parts[2 * i + 1] * parts[2 * i + 1];
    power[i] = power[i] < p ? p : power[i];
  }
}

void accumulate(const Complex* spectrum, std::size_t n, float* power) {
  const auto* parts = reinterpret_cast<const float*>(spectrum);
  for (std::size_t i = 0; i < n; ++i) power[i] += parts[2 * i] * parts[2 * i] + parts[2 * i + 1] * parts[2 * i + 1];
}

/// In samples.
double centre_of_first_frame(const StftSettings& stft) {
  const int half = stft.n_fft / 2;
  return half - stft.padding();
}

/// Cells of bins in the rows of a figure, row 0 = the top.
std::vector<Cell> row_cells(const StftSettings& stft, int sample_rate, const FrequencyScale& scale, std::int64_t rows) {
  std::vector<double> bins(static_cast<std::size_t>(stft.n_bins()));
  for (std::size_t k = 0; k < bins.size(); ++k) {
    bins[k] = static_cast<double>(k) * sample_rate / stft.n_fft;
  }
  std::vector<double> edges = row_edges_hz(scale, rows);
  std::reverse(edges.begin(), edges.end());
  std::vector<Cell> cells = cells_of(bins, edges);
  std::reverse(cells.begin(), cells.end());
  return cells;
}

/// Columns without a sample, before the first or behind the last one, or for rounding, look like the one before.
void close_gaps(Panel& panel) {
  float low = 0;
  float high = 0;
  for (std::size_t i = 0; i < panel.low.size(); ++i) {
    if (panel.low[i] > panel.high[i]) {
      panel.low[i] = low;
      panel.high[i] = high;
    }
    low = panel.low[i];
    high = panel.high[i];
  }
}

float reduced(std::span<const float> power, Reduce reduce) {
  if (reduce == Reduce::Max) return *std::max_element(power.begin(), power.end());
  double sum = 0;
  for (const float p : power) sum += p;
  return static_cast<float>(sum / static_cast<double>(power.size()));
}

}  // namespace

Reduce reduce_from_string(std::string_view name) {
  if (name == "max") return Reduce::Max;
  if (name == "mean") return Reduce::Mean;
  throw Error(ErrorCode::Usage, "reduce '" + std::string(name) + "' is neither max nor mean");
}

std::string to_string(Reduce reduce) { return reduce == Reduce::Max ? "max" : "mean"; }

std::vector<Cell> cells_of(std::span<const double> positions, std::span<const double> edges) {
  const auto index = [&](auto place) { return static_cast<std::int64_t>(place - positions.begin()); };
  const std::int64_t last = std::ssize(positions) - 1;
  std::vector<Cell> cells;
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    const bool is_last = i + 2 == edges.size();
    const std::int64_t first = index(std::lower_bound(positions.begin(), positions.end(), edges[i]));
    const std::int64_t end = is_last ? index(std::upper_bound(positions.begin(), positions.end(), edges[i + 1]))
                                     : index(std::lower_bound(positions.begin(), positions.end(), edges[i + 1]));
    if (end > first) {
      cells.push_back({first, end - first, 0});
    } else if (first == 0 || first > last) {
      cells.push_back({std::clamp<std::int64_t>(first, 0, last), 1, 0});
    } else {
      const double centre = 0.5 * (edges[i] + edges[i + 1]);
      const double below = positions[static_cast<std::size_t>(first - 1)];
      const double weight = (centre - below) / (positions[static_cast<std::size_t>(first)] - below);
      cells.push_back({first - 1, 0, static_cast<float>(weight)});
    }
  }
  return cells;
}

Meter::Meter(Backend& backend, const MeterSettings& settings, const SoundShape& sound, const Figure& figure,
             const Layout& layout)
    : backend_(backend),
      settings_(settings),
      columns_(layout.columns),
      rows_(layout.rows),
      start_(figure.start_s * sound.sample_rate),
      column_width_((figure.end_s - figure.start_s) * sound.sample_rate / static_cast<double>(layout.columns)),
      frame_offset_(centre_of_first_frame(settings.stft)),
      is_dense_(column_width_ >= settings.stft.hop_length),
      full_scale_db_(static_cast<float>(20 * std::log10(full_scale_magnitude(settings.stft)))),
      row_cells_(row_cells(settings.stft, sound.sample_rate, figure.frequency, layout.rows)) {
  StftSettings& stft = settings_.stft;
  const double end = start_ + column_width_ * static_cast<double>(columns_);
  const auto frame_near = [&](double sample) { return std::floor((sample - frame_offset_) / stft.hop_length); };
  const std::int64_t n_frames = stft.n_frames(sound.n_samples);
  first_frame_ = std::clamp<std::int64_t>(static_cast<std::int64_t>(frame_near(start_)), 0, n_frames - 1);
  end_frame_ = std::clamp<std::int64_t>(static_cast<std::int64_t>(frame_near(end)) + 2, first_frame_ + 1, n_frames);
  next_frame_ = first_frame_;
  pending_first_ = first_frame_ * stft.hop_length - stft.padding();
  first_sample_ = std::min(sound.n_samples, std::max<std::int64_t>(0, pending_first_));
  end_sample_ = std::min(sound.n_samples, (end_frame_ - 1) * stft.hop_length - stft.padding() + stft.n_fft);
  stft.center = false;  // from here on frames are cut from pending samples, with the zeros before and behind them

  has_all_samples_ = column_width_ < 1;
  slot_is_set_.resize(static_cast<std::size_t>(is_dense_ ? columns_ : end_frame_ - first_frame_));
  channels_.resize(static_cast<std::size_t>(sound.channels));
  for (Channel& channel : channels_) {
    channel.pending.resize(static_cast<std::size_t>(std::max<std::int64_t>(0, -pending_first_)));
    channel.power.resize(static_cast<std::size_t>(stft.n_bins()));
    channel.levels.resize(slot_is_set_.size() * static_cast<std::size_t>(rows_));
    if (has_all_samples_) continue;
    channel.low.assign(static_cast<std::size_t>(columns_), std::numeric_limits<float>::infinity());
    channel.high.assign(static_cast<std::size_t>(columns_), -std::numeric_limits<float>::infinity());
  }
  below_.resize(static_cast<std::size_t>(rows_));
  above_.resize(static_cast<std::size_t>(rows_));
}

void Meter::add(const float* samples, std::int64_t stride, std::int64_t first, std::int64_t n) {
  const std::int64_t from = std::max(first, first_sample_);
  const std::int64_t to = std::min(first + n, end_sample_);
  if (from >= to) return;
  for (std::size_t c = 0; c < channels_.size(); ++c) {
    const float* begin = samples + static_cast<std::int64_t>(c) * stride + (from - first);
    channels_[c].pending.insert(channels_[c].pending.end(), begin, begin + (to - from));
    add_to_waveform(channels_[c], begin, from, to - from);
  }
  analyse_pending(false);
}

void Meter::add_to_waveform(Channel& channel, const float* samples, std::int64_t first, std::int64_t n) const {
  if (has_all_samples_) {
    channel.samples.insert(channel.samples.end(), samples, samples + n);
    return;
  }
  const auto first_in = [&](std::int64_t column) {
    return static_cast<std::int64_t>(std::ceil(start_ + static_cast<double>(column) * column_width_));
  };
  std::int64_t i = std::max(first, first_in(0));
  auto column = static_cast<std::int64_t>((static_cast<double>(i) - start_) / column_width_);
  for (; i < first + n && column < columns_; ++column) {
    float low = channel.low[static_cast<std::size_t>(column)];
    float high = channel.high[static_cast<std::size_t>(column)];
    for (const std::int64_t end = std::min(first + n, first_in(column + 1)); i < end; ++i) {
      low = std::min(low, samples[i - first]);
      high = std::max(high, samples[i - first]);
    }
    channel.low[static_cast<std::size_t>(column)] = low;
    channel.high[static_cast<std::size_t>(column)] = high;
  }
}

/// Cuts all frames that are complete.
void Meter::analyse_pending(bool is_last) {
  const StftSettings& stft = settings_.stft;
  const auto held = std::ssize(channels_.front().pending);
  const std::int64_t complete = held < stft.n_fft ? 0 : (held - stft.n_fft) / stft.hop_length + 1;
  const std::int64_t wanted = std::min(complete, end_frame_ - next_frame_);
  const std::int64_t values = backend_.batch_samples() > 0 ? kDeviceValues : kCachedValues;
  const std::int64_t block = std::max<std::int64_t>(16, values / (std::ssize(channels_) * stft.n_bins()));
  if (!is_last && wanted < block) return;
  std::int64_t offset = 0;
  for (std::int64_t done = 0; done < wanted; done += block) {
    const std::int64_t n_frames = std::min(block, wanted - done);
    analyse(offset, n_frames);
    offset += n_frames * stft.hop_length;
  }
  for (Channel& channel : channels_) channel.pending.erase(channel.pending.begin(), channel.pending.begin() + offset);
  pending_first_ += offset;
}

void Meter::analyse(std::int64_t offset, std::int64_t n_frames) {
  const StftSettings& stft = settings_.stft;
  const auto n_values = static_cast<std::size_t>(n_frames * stft.n_bins());
  const auto n_samples = static_cast<std::size_t>((n_frames - 1) * stft.hop_length + stft.n_fft);
  spectrum_.resize(channels_.size() * n_values);
  std::vector<AnalyseItem> items;
  for (std::size_t c = 0; c < channels_.size(); ++c) {
    const std::span<const float> samples(channels_[c].pending.data() + offset, n_samples);
    items.push_back({Signal(samples), {spectrum_.data() + c * n_values, n_values}});
  }
  backend_.analyse(stft, items);
  for (std::int64_t i = 0; i < n_frames; ++i) take_frame(next_frame_ + i, spectrum_.data(), i, n_frames);
  next_frame_ += n_frames;
}

void Meter::add_frames(std::span<const Complex> spectra, std::int64_t n_frames) {
  for (std::int64_t i = 0; i < n_frames; ++i) {
    const std::int64_t frame = added_frames_ + i;
    if (frame < first_frame_ || frame >= end_frame_) continue;
    take_frame(frame, spectra.data(), i, n_frames);
    next_frame_ = frame + 1;
  }
  added_frames_ += n_frames;
}

/// Frame `index` of spectra, [channels, n_frames, n_bins].
void Meter::take_frame(std::int64_t frame, const Complex* spectra, std::int64_t index, std::int64_t n_frames) {
  const std::int64_t slot = slot_of(frame);
  if (slot < 0) return;
  if (slot != slot_) end_slot();
  slot_ = slot;
  const auto n_bins = static_cast<std::size_t>(settings_.stft.n_bins());
  for (std::size_t c = 0; c < channels_.size(); ++c) {
    const std::size_t row = c * static_cast<std::size_t>(n_frames) + static_cast<std::size_t>(index);
    const Complex* const from = spectra + row * n_bins;
    float* const power = channels_[c].power.data();
    if (slot_frames_ == 0) {
      square(from, n_bins, power);
    } else if (settings_.reduce == Reduce::Max) {
      raise(from, n_bins, power);
    } else {
      accumulate(from, n_bins, power);
    }
  }
  ++slot_frames_;
}

/// -1: none.
std::int64_t Meter::slot_of(std::int64_t frame) const {
  if (!is_dense_ || end_frame_ - first_frame_ == 1) return frame - first_frame_;
  const double place =
      (static_cast<double>(frame) * settings_.stft.hop_length + frame_offset_ - start_) / column_width_;
  return place < 0 || place >= static_cast<double>(columns_) ? -1 : static_cast<std::int64_t>(place);
}

void Meter::end_slot() {
  if (slot_frames_ == 0) return;
  const float scale = settings_.reduce == Reduce::Mean ? 1.0F / static_cast<float>(slot_frames_) : 1.0F;
  for (Channel& channel : channels_) set_levels(channel, slot_, scale);
  slot_is_set_[static_cast<std::size_t>(slot_)] = true;
  slot_frames_ = 0;
}

/// The bins of a slot to the rows of the figure.
void Meter::set_levels(Channel& channel, std::int64_t slot, float scale) const {
  for (std::size_t y = 0; y < row_cells_.size(); ++y) {
    const Cell& cell = row_cells_[y];
    const float* const power = channel.power.data() + cell.first;
    below_[y] = cell.count > 0 ? reduced({power, static_cast<std::size_t>(cell.count)}, settings_.reduce) : power[0];
    above_[y] = cell.count > 0 ? below_[y] : power[1];
  }
  float* const levels = channel.levels.data() + slot * rows_;
  for (std::size_t y = 0; y < row_cells_.size(); ++y) {
    const float below = power_db(below_[y] * scale);
    const float above = power_db(above_[y] * scale);
    levels[y] = below + row_cells_[y].weight * (above - below) - full_scale_db_;
  }
}

std::vector<Panel> Meter::finish() {
  for (Channel& channel : channels_) {
    const std::int64_t end =
        (end_frame_ - 1) * settings_.stft.hop_length + settings_.stft.n_fft - first_frame_ * settings_.stft.hop_length;
    const std::int64_t done = (next_frame_ - first_frame_) * settings_.stft.hop_length;
    channel.pending.resize(static_cast<std::size_t>(std::max<std::int64_t>(std::ssize(channel.pending), end - done)));
  }
  analyse_pending(true);
  end_slot();
  const std::vector<Cell> cells = column_cells();
  std::vector<Panel> panels;
  for (const Channel& channel : channels_) panels.push_back(panel_of(channel, cells));
  return panels;
}

std::vector<double> Meter::column_edges() const {
  std::vector<double> edges;
  for (std::int64_t i = 0; i <= columns_; ++i) edges.push_back(start_ + static_cast<double>(i) * column_width_);
  return edges;
}

/// Cells of slots.
std::vector<Cell> Meter::column_cells() const {
  if (is_dense_) return nearest_slots();
  std::vector<double> positions;
  for (std::int64_t frame = first_frame_; frame < end_frame_; ++frame) {
    positions.push_back(static_cast<double>(frame * settings_.stft.hop_length) + frame_offset_);
  }
  return cells_of(positions, column_edges());
}

/// For each column itself. Where no frame is centred (past the outermost ones of a transform that is not centred), the
/// column before it, or else the first that has one.
std::vector<Cell> Meter::nearest_slots() const {
  const auto first = std::find(slot_is_set_.begin(), slot_is_set_.end(), true);
  std::int64_t slot = first - slot_is_set_.begin();
  std::vector<Cell> cells;
  for (std::int64_t x = 0; x < columns_; ++x) {
    if (slot_is_set_[static_cast<std::size_t>(x)]) slot = x;
    cells.push_back({slot, 1, 0});
  }
  return cells;
}

Panel Meter::panel_of(const Channel& channel, const std::vector<Cell>& cells) const {
  Panel panel;
  panel.levels.resize(static_cast<std::size_t>(rows_ * columns_));
  // Tiles of columns, because a slot's rows lie together and a column's do not.
  constexpr std::int64_t kTile = 32;
  for (std::int64_t begin = 0; begin < columns_; begin += kTile) {
    const std::int64_t end = std::min(columns_, begin + kTile);
    for (std::int64_t y = 0; y < rows_; ++y) {
      float* const to = panel.levels.data() + y * columns_;
      for (std::int64_t x = begin; x < end; ++x) {
        const Cell& cell = cells[static_cast<std::size_t>(x)];
        const float* const from = channel.levels.data() + cell.first * rows_ + y;
        to[x] = cell.count > 0 ? *from : *from + cell.weight * (from[rows_] - *from);
      }
    }
  }
  if (has_all_samples_) {
    draw_sparse_waveform(channel, panel);
  } else {
    panel.low = channel.low;
    panel.high = channel.high;
    close_gaps(panel);
  }
  return panel;
}

/// Straight lines from sample to sample.
void Meter::draw_sparse_waveform(const Channel& channel, Panel& panel) const {
  if (channel.samples.empty()) return;
  std::vector<double> positions;
  for (std::size_t i = 0; i < channel.samples.size(); ++i) {
    positions.push_back(static_cast<double>(first_sample_) + static_cast<double>(i));
  }
  for (const Cell& cell : cells_of(positions, column_edges())) {
    const float* const from = channel.samples.data() + cell.first;
    const float value = cell.count > 0 ? *from : *from + cell.weight * (from[1] - *from);
    panel.low.push_back(value);
    panel.high.push_back(value);
  }
}

}  // namespace spectrohue::plot
