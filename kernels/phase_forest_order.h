// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The order of copies and launches of Backend::integrate_phases(), free of CUDA as slot_backend.h is.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "core/phase_gradient.h"
#include "kernels/phase_forest.h"
#include "kernels/slots.h"
#include "spectrohue/backend.h"

namespace spectrohue::cuda {

/// Queue: see SlotBackend. All device memory is taken by the constructor, which throws Error(OutOfMemory).
template <class Queue>
class DevicePhaseForest {
 public:
  /// Bins of all items together: fewer than 2^32.
  DevicePhaseForest(Queue& queue, const StftSettings& stft, std::uint64_t seed, std::span<const PhaseItem> items)
      : queue_(queue), items_(items), n_bins_(stft.n_bins()), end_{queue} {
    for (const PhaseItem& item : items) {
      const std::int64_t n = std::ssize(item.magnitudes) / n_bins_;
      places_.push_back({n_rows_, n});
      n_rows_ += n;
    }
    if (n_rows_ == 0) return;
    allocate();
    args_.items = item_table_.data();
    args_.item_of_row = item_of_row_.data();
    args_.n_rows = n_rows_;
    args_.n_bins = n_bins_;
    args_.n_fft = stft.n_fft;
    args_.hop = stft.hop_length;
    args_.seed = seed;
    args_.scale = phase_scale(stft);
    args_.values = values_.data();
    args_.largest = largest_.data();
    args_.nodes = nodes_.data();
    args_.best = best_.data();
    args_.n_joined = n_joined_.data();
  }

  void run() {
    if (n_rows_ == 0) return;
    const Range range("integrate phases");
    upload();
    queue_.template forest<ForestLargest>(args_);
    queue_.template forest<ForestSeeds>(args_);
    while (join()) queue_.template forest<ForestRoots>(args_);
    queue_.template forest<ForestFirsts>(args_);
    queue_.template forest<ForestPhases>(args_);
    download();
  }

 private:
  template <class T>
  using Array = typename Queue::template Array<T>;
  template <class T>
  using Staging = typename Queue::template Staging<T>;
  using Range = typename Queue::Range;

  /// Floats that are uploaded or downloaded at a time, or a row.
  static constexpr std::int64_t kStagedFloats = std::int64_t{1} << 20;

  /// Declared last: nothing may be under way when memory is freed.
  struct WaitsAtTheEnd {
    Queue& queue;
    ~WaitsAtTheEnd() { queue.leave(); }
  };

  static std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }
  std::int64_t piece_rows() const { return std::clamp<std::int64_t>(kStagedFloats / n_bins_, 1, n_rows_); }

  void allocate() {
    values_.resize(size(n_rows_ * n_bins_));
    nodes_.resize(size(n_rows_ * n_bins_));
    best_.resize(size(n_rows_ * n_bins_));
    largest_.resize(places_.size());
    item_table_.resize(places_.size());
    item_of_row_.resize(size(n_rows_));
    n_joined_.resize(1);
    values_staging_.resize(size(piece_rows() * n_bins_));
    items_staging_.resize(places_.size());
    rows_staging_.resize(size(n_rows_));
    joined_staging_.resize(1);
  }

  void upload() {
    std::copy(places_.begin(), places_.end(), items_staging_.data());
    for (std::size_t i = 0; i < places_.size(); ++i) {
      std::fill_n(rows_staging_.data() + places_[i].first_row, places_[i].n_rows, static_cast<std::int32_t>(i));
    }
    queue_.upload(item_table_, items_staging_, std::ssize(places_));
    queue_.upload(item_of_row_, rows_staging_, n_rows_);
    queue_.clear(largest_, 0, std::ssize(places_));
    for_each_piece([&](const Slot& piece, std::int64_t first_row) {
      for_each_stretch(piece, [&](const PhaseItem& item, std::int64_t first, std::int64_t n, float* staged) {
        std::copy_n(item.magnitudes.begin() + first, n, staged);
      });
      queue_.upload(values_, values_staging_, piece.n_frames * n_bins_, first_row * n_bins_);
      queue_.finish();
    });
  }

  void download() {
    for_each_piece([&](const Slot& piece, std::int64_t first_row) {
      queue_.download(values_staging_, values_, piece.n_frames * n_bins_, first_row * n_bins_);
      queue_.finish();
      for_each_stretch(piece, [&](const PhaseItem& item, std::int64_t first, std::int64_t n, const float* staged) {
        std::copy_n(staged, n, item.phases.begin() + first);
      });
    });
  }

  /// use(piece, first row) for rows that are staged together.
  template <class Use>
  void for_each_piece(Use&& use) {
    std::vector<std::int64_t> rows;
    for (const ForestItem& place : places_) rows.push_back(place.n_rows);
    SlotCutter cutter(rows, piece_rows());
    Slot piece;
    for (std::int64_t row = 0; cutter.next(piece); row += piece.n_frames) use(piece, row);
  }
  /// use(item, its first value, how many, where they are staged).
  template <class Use>
  void for_each_stretch(const Slot& piece, Use&& use) {
    for (const Segment& s : piece.segments) {
      use(items_[size(s.item)], s.first_frame * n_bins_, s.n_frames * n_bins_,
          values_staging_.data() + s.slot_frame * n_bins_);
    }
  }

  /// Joins trees; false if there were none to join.
  bool join() {
    queue_.clear(n_joined_, 0, 1);
    queue_.template forest<ForestEdges>(args_);
    queue_.template forest<ForestMarks>(args_);
    queue_.template forest<ForestJoins>(args_);
    queue_.download(joined_staging_, n_joined_, 1);
    queue_.finish();
    return *joined_staging_.data() != 0;
  }

  Queue& queue_;
  std::span<const PhaseItem> items_;
  std::int64_t n_bins_;
  std::int64_t n_rows_ = 0;
  std::vector<ForestItem> places_;
  ForestArgs args_;

  Array<float> values_;  // [n_rows, n_bins], as the next two
  Array<std::uint64_t> nodes_;
  Array<std::uint64_t> best_;
  Array<std::uint64_t> largest_;     // [items]
  Array<ForestItem> item_table_;     // [items]
  Array<std::int32_t> item_of_row_;  // [n_rows]
  Array<std::uint64_t> n_joined_;    // [1]
  Staging<float> values_staging_;
  Staging<ForestItem> items_staging_;
  Staging<std::int32_t> rows_staging_;
  Staging<std::uint64_t> joined_staging_;

  WaitsAtTheEnd end_;
};

}  // namespace spectrohue::cuda
