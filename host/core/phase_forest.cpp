// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The forest by Kruskal's algorithm: bins from the loudest to the quietest, each joined to those of its neighbours that
// came before, unless they are of one tree already (Kruskal 1956; union by size, path compression: Tarjan 1975).
#include "core/phase_forest.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "core/counter_hash.h"
#include "core/phase_gradient.h"
#include "spectrohue/buffer.h"
#include "spectrohue/error.h"

namespace spectrohue {

namespace {

class Forest {
 public:
  Forest(const StftSettings& stft, std::span<const float> magnitudes)
      : stft_(stft),
        scale_(phase_scale(stft)),
        n_bins_(stft.n_bins()),
        magnitudes_(magnitudes),
        range_(largest(magnitudes)),
        logs_(magnitudes.size()),
        nodes_(magnitudes.size()),
        sizes_(magnitudes.size()) {
    const float least = math::least_logged(range_.most);
    for (std::size_t i = 0; i < magnitudes.size(); ++i) {
      logs_[i] = math::log2(math::max(math::abs(magnitudes[i]), least));
      nodes_[i] = {static_cast<std::uint32_t>(i), 0};
      sizes_[i] = 1;
    }
  }

  void grow() {
    for (const std::uint32_t v : from_the_loudest()) join(bin_at(v));
  }

  /// The first bin of a tree has phase 0.
  void read(std::uint64_t seed, std::span<float> phases) {
    constexpr std::uint32_t kNone = 0;  // sizes are not needed any more: of a root, 1 + its tree's first bin
    std::fill(sizes_.begin(), sizes_.end(), kNone);
    for (std::size_t i = 0; i < phases.size(); ++i) {
      if (!range_.holds(magnitude(i))) {
        phases[i] = static_cast<float>(unit_number(seed, i) - 0.5);
        continue;
      }
      const Node node = find(static_cast<std::uint32_t>(i));
      std::uint32_t& first = sizes_[node.root];
      if (first == kNone) first = static_cast<std::uint32_t>(i) + 1;
      phases[i] = math::of_whole_turns(node.turns - find(first - 1).turns);
    }
  }

 private:
  /// A bin's way to another of its tree, and how much further its phase is.
  struct Node {
    std::uint32_t root;
    std::uint32_t turns;
  };

  static float largest(std::span<const float> magnitudes) {
    float most = 0.0F;
    for (const float m : magnitudes) most = std::max(most, std::fabs(m));
    return most;
  }

  float magnitude(std::size_t place) const { return math::abs(magnitudes_[place]); }

  math::ForestBin bin_at(std::uint32_t place) const {
    const auto at = static_cast<std::int64_t>(place);
    return {at, at % n_bins_, n_bins_, at < n_bins_, at + n_bins_ >= std::ssize(magnitudes_)};
  }

  /// All that are integrated; of one level those behind first.
  std::vector<std::uint32_t> from_the_loudest() const {
    if (!range_.holds(range_.most)) return {};
    std::vector<std::uint32_t> ends(static_cast<std::size_t>(range_.level(range_.most)) + 2, 0);
    const auto for_each = [&](auto&& use) {
      for (std::size_t i = magnitudes_.size(); i-- > 0;) {
        if (range_.holds(magnitude(i))) use(i, ends.size() - 1 - static_cast<std::size_t>(range_.level(magnitude(i))));
      }
    };
    for_each([&](std::size_t, std::size_t place) { ++ends[place]; });
    for (std::size_t i = 1; i < ends.size(); ++i) ends[i] += ends[i - 1];
    std::vector<std::uint32_t> order(ends.back());
    // The counts of louder levels are where a level begins.
    for_each([&](std::size_t i, std::size_t place) { order[ends[place - 1]++] = static_cast<std::uint32_t>(i); });
    return order;
  }

  void join(const math::ForestBin& v) {
    const auto magnitude_at = [this](std::int64_t place) { return magnitude(static_cast<std::size_t>(place)); };
    const auto log_at = [this](std::int64_t place) { return logs_[static_cast<std::size_t>(place)]; };
    const math::Uphill uphill = math::uphill(v, range_, magnitude_at);
    for (int i = 0; i < uphill.n; ++i) {
      const std::uint32_t way = uphill.way(i);
      const Node u = find(static_cast<std::uint32_t>(math::neighbour(v.place, way, n_bins_)));
      const Node mine = find(static_cast<std::uint32_t>(v.place));
      if (u.root == mine.root) continue;
      const std::uint32_t turns = math::turns_from(v, way, scale_, stft_.n_fft, stft_.hop_length, log_at);
      const std::uint32_t between_roots = turns + u.turns - mine.turns;
      if (sizes_[mine.root] <= sizes_[u.root]) {
        hang(mine.root, u.root, between_roots);
      } else {
        hang(u.root, mine.root, 0U - between_roots);
      }
    }
  }

  void hang(std::uint32_t root, std::uint32_t under, std::uint32_t turns) {
    nodes_[root] = {under, turns};
    sizes_[under] += sizes_[root];
  }

  /// Makes the way there as short.
  Node find(std::uint32_t place) {
    Node node = nodes_[place];
    for (;;) {
      const Node next = nodes_[node.root];
      if (next.root == node.root) return node;
      node = {next.root, node.turns + next.turns};
      nodes_[place] = node;
    }
  }

  const StftSettings& stft_;
  math::PhaseScale scale_;
  std::int64_t n_bins_;
  std::span<const float> magnitudes_;
  math::IntegratedRange range_;
  Buffer<float> logs_;
  Buffer<Node> nodes_;
  Buffer<std::uint32_t> sizes_;  // of roots
};

}  // namespace

void integrate_by_forest(const StftSettings& stft, std::uint64_t seed, const PhaseItem& item) {
  if (item.magnitudes.size() >= std::numeric_limits<std::uint32_t>::max()) {
    throw Error(ErrorCode::Unsupported,
                "phases of more than 2^32 bins of one channel cannot be found; cut the picture");
  }
  Forest forest(stft, item.magnitudes);
  forest.grow();
  forest.read(seed, item.phases);
}

}  // namespace spectrohue
