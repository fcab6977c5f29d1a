// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What the threads of Backend::integrate_phases() do; phase_forest.cu launches them, phase_forest_order.h says in which
// order. Twin of host/core/phase_forest.cpp, which finds the same forest by another algorithm.
//
// Boruvka's algorithm (1926): every tree proposes its loudest edge to another tree, trees join along these edges, and
// every bin looks up the root of its new tree; again until no tree has an edge. Edges differ in their keys, so no two
// trees can propose different edges to each other in a ring, and which thread comes first decides nothing: maxima and
// sums of whole numbers are the same in any order.
//
// The rows of all items lie one after another; items never join. A bin's node holds where it hangs (a bin of its tree,
// upper half) and by how much its phase is further than there (lower half), in one word that is read and written whole.
// So whoever reads one while it is made shorter reads a longer way to the same end.
#pragma once

#include <atomic>

#include "core/counter_hash.h"
#include "kernels/launch_shape.h"
#include "math/phase_gradient.h"

namespace spectrohue::cuda {

// --- Words that threads share.

SPECTROHUE_HD std::uint64_t read_word(std::uint64_t* at) {
#ifdef __CUDA_ARCH__
  return *static_cast<volatile std::uint64_t*>(at);
#else
  return std::atomic_ref(*at).load(std::memory_order_relaxed);
#endif
}
SPECTROHUE_HD void write_word(std::uint64_t* at, std::uint64_t word) {
#ifdef __CUDA_ARCH__
  *static_cast<volatile std::uint64_t*>(at) = word;
#else
  std::atomic_ref(*at).store(word, std::memory_order_relaxed);
#endif
}
/// *at = max(*at, word). Most of the many that ask for a place lose; they only look.
SPECTROHUE_HD void raise_word(std::uint64_t* at, std::uint64_t word) {
#ifdef __CUDA_ARCH__
  static_assert(sizeof(unsigned long long) == sizeof(std::uint64_t));
  if (read_word(at) < word) atomicMax(reinterpret_cast<unsigned long long*>(at), static_cast<unsigned long long>(word));
#else
  std::uint64_t held = read_word(at);
  while (held < word && !std::atomic_ref(*at).compare_exchange_weak(held, word, std::memory_order_relaxed)) {
  }
#endif
}

struct ForestNode {
  std::uint32_t under = 0;  ///< a root hangs under itself
  std::uint32_t turns = 0;  ///< of a root: 1 where it is about to hang under another
};
SPECTROHUE_HD std::uint64_t pack(const ForestNode& node) {
  return static_cast<std::uint64_t>(node.under) << 32 | node.turns;
}
SPECTROHUE_HD ForestNode node_at(std::uint64_t* nodes, std::uint32_t i) {
  const std::uint64_t word = read_word(nodes + i);
  return {static_cast<std::uint32_t>(word >> 32), static_cast<std::uint32_t>(word)};
}
/// The same with the turns of a root left out.
SPECTROHUE_HD ForestNode way_from(std::uint64_t* nodes, std::uint32_t i) {
  ForestNode node = node_at(nodes, i);
  if (node.under == i) node.turns = 0;
  return node;
}

// --- The spectrograms.

struct ForestItem {
  std::int64_t first_row = 0;
  std::int64_t n_rows = 0;
};

struct ForestArgs {
  const ForestItem* items = nullptr;
  const std::int32_t* item_of_row = nullptr;  ///< [n_rows]
  std::int64_t n_rows = 0;                    ///< of all items; n_rows n_bins < 2^32
  std::int64_t n_bins = 0;
  int n_fft = 0;
  int hop = 0;
  std::uint64_t seed = 0;
  math::PhaseScale scale;
  float* values = nullptr;            ///< [n_rows, n_bins] magnitudes; ForestPhases makes phases of them
  std::uint64_t* largest = nullptr;   ///< [items] bit patterns of magnitudes
  std::uint64_t* nodes = nullptr;     ///< [n_rows, n_bins]
  std::uint64_t* best = nullptr;      ///< [n_rows, n_bins] of a root: the key of its tree's loudest edge; 0: none
  std::uint64_t* n_joined = nullptr;  ///< not 0 where any trees joined
};

inline LaunchShape forest_launch(const ForestArgs& a) { return rows_launch(a.n_rows, a.n_bins); }

/// A thread's bin, or one of another's tree.
struct ForestPlace {
  const ForestArgs& a;
  std::int64_t i;  ///< among all bins
  const ForestItem& item;
  const float* magnitudes;  ///< of the item
  math::ForestBin bin;

  SPECTROHUE_HD ForestPlace(const ForestArgs& args, std::int64_t row, std::int64_t of_row)
      : a(args),
        i(row * args.n_bins + of_row),
        item(args.items[args.item_of_row[row]]),
        magnitudes(args.values + item.first_row * args.n_bins) {
    const std::int64_t frame = row - item.first_row;
    bin = {frame * args.n_bins + of_row, of_row, args.n_bins, frame == 0, frame + 1 == item.n_rows};
  }
  SPECTROHUE_HD ForestPlace(const ForestArgs& args, std::uint32_t place)
      : ForestPlace(args, place / args.n_bins, place % args.n_bins) {}

  SPECTROHUE_HD float largest() const {
    return math::from_bits(static_cast<std::int32_t>(a.largest[a.item_of_row[i / a.n_bins]]));
  }
  SPECTROHUE_HD math::IntegratedRange range() const { return math::IntegratedRange(largest()); }
  SPECTROHUE_HD float magnitude() const { return math::abs(magnitudes[bin.place]); }
  SPECTROHUE_HD math::Uphill uphill(const math::IntegratedRange& range) const {
    const float* const from = magnitudes;
    return math::uphill(bin, range, [from](std::int64_t place) { return math::abs(from[place]); });
  }
  SPECTROHUE_HD std::uint32_t neighbour(std::uint32_t way) const {
    return static_cast<std::uint32_t>(math::neighbour(i, way, a.n_bins));
  }
  SPECTROHUE_HD std::uint32_t turns_from(std::uint32_t way) const {
    const float* const from = magnitudes;
    const float least = math::least_logged(largest());
    const auto log_at = [from, least](std::int64_t place) {
      return math::log2(math::max(math::abs(from[place]), least));
    };
    return math::turns_from(bin, way, a.scale, a.n_fft, a.hop, log_at);
  }
};

/// use(place) for a thread's bin.
template <class Use>
SPECTROHUE_HD void use_place(const ForestArgs& a, const ThreadIndex& at, unsigned threads, Use&& use) {
  const std::int64_t of_row = row_index(at, threads);
  if (of_row < a.n_bins) use(ForestPlace(a, at.block.x, of_row));
}

// Each of these is a kernel, in this order; the four from ForestEdges to ForestRoots again and again.

/// The largest magnitude of each item. NaN does not count.
struct ForestLargest {
  static constexpr const char* kName = "forest_largest_kernel";
  SPECTROHUE_HD static void thread(const ForestArgs& a, const ThreadIndex& at, unsigned threads) {
    use_place(a, at, threads, [&](const ForestPlace& place) {
      const float magnitude = math::max(place.magnitude(), 0.0F);
      raise_word(a.largest + a.item_of_row[at.block.x], static_cast<std::uint32_t>(math::to_bits(magnitude)));
    });
  }
};

/// Every bin a tree of its own.
struct ForestSeeds {
  static constexpr const char* kName = "forest_seeds_kernel";
  SPECTROHUE_HD static void thread(const ForestArgs& a, const ThreadIndex& at, unsigned threads) {
    use_place(a, at, threads, [&](const ForestPlace& place) {
      a.nodes[place.i] = pack({static_cast<std::uint32_t>(place.i), 0});
      a.best[place.i] = 0;
    });
  }
};

/// Every tree's loudest edge. All bins hang under their roots.
struct ForestEdges {
  static constexpr const char* kName = "forest_edges_kernel";
  SPECTROHUE_HD static void thread(const ForestArgs& a, const ThreadIndex& at, unsigned threads) {
    use_place(a, at, threads, [&](const ForestPlace& v) {
      const std::uint32_t mine = node_at(a.nodes, static_cast<std::uint32_t>(v.i)).under;
      bool is_inside = true;
      for (std::uint32_t way = 0; way < 4; ++way) {
        is_inside = is_inside && (!v.bin.has(way) || node_at(a.nodes, v.neighbour(way)).under == mine);
      }
      const math::IntegratedRange range = v.range();
      if (is_inside || !range.holds(v.magnitude())) return;
      const math::Uphill uphill = v.uphill(range);
      for (int i = 0; i < uphill.n; ++i) {
        const std::uint32_t other = node_at(a.nodes, v.neighbour(uphill.way(i))).under;
        if (other == mine) continue;
        const std::uint64_t key = math::edge_key(range.level(v.magnitude()), static_cast<std::uint32_t>(v.i), i);
        raise_word(a.best + mine, key);
        raise_word(a.best + other, key);
      }
    });
  }
};

/// The ends of an edge.
struct ForestEdge {
  std::uint32_t low;   ///< the quieter
  std::uint32_t high;  ///< of another tree
  std::uint32_t way;   ///< to it

  SPECTROHUE_HD ForestEdge(const ForestArgs& a, std::uint64_t key) : low(math::bin_of_key(key)) {
    const ForestPlace v(a, low);
    way = v.uphill(v.range()).way(math::rank_of_key(key));
    high = v.neighbour(way);
  }
};

/// Which roots will hang under others: all that have an edge, but one of two that propose the same.
struct ForestMarks {
  static constexpr const char* kName = "forest_marks_kernel";
  SPECTROHUE_HD static void thread(const ForestArgs& a, const ThreadIndex& at, unsigned threads) {
    use_place(a, at, threads, [&](const ForestPlace& place) {
      const auto root = static_cast<std::uint32_t>(place.i);
      const std::uint64_t key = a.best[root];
      if (key == 0 || node_at(a.nodes, root).under != root) return;
      const ForestEdge edge(a, key);
      const std::uint32_t low = node_at(a.nodes, edge.low).under;
      const std::uint32_t other = low == root ? node_at(a.nodes, edge.high).under : low;
      if (a.best[other] == key && root < other) return;
      write_word(a.nodes + root, pack({root, 1}));
    });
  }
};

/// Hangs them.
struct ForestJoins {
  static constexpr const char* kName = "forest_joins_kernel";
  SPECTROHUE_HD static void thread(const ForestArgs& a, const ThreadIndex& at, unsigned threads) {
    use_place(a, at, threads, [&](const ForestPlace& place) {
      const auto root = static_cast<std::uint32_t>(place.i);
      const ForestNode mine = node_at(a.nodes, root);
      if (mine.under != root || mine.turns == 0) return;
      const ForestEdge edge(a, a.best[root]);
      const std::uint32_t turns = ForestPlace(a, edge.low).turns_from(edge.way);  // of low, less that of high
      const ForestNode low = way_from(a.nodes, edge.low);
      const ForestNode high = way_from(a.nodes, edge.high);
      // The end in this tree hangs under its root: that only this thread changes. The other end's tree may hang under a
      // third by now, but not under this one, whose edge is quieter than that.
      write_word(a.nodes + root, low.under == root ? pack({high.under, turns + high.turns - low.turns})
                                                   : pack({low.under, low.turns - turns - high.turns}));
      write_word(a.n_joined, 1);
    });
  }
};

/// Hangs every bin under its root.
struct ForestRoots {
  static constexpr const char* kName = "forest_roots_kernel";
  SPECTROHUE_HD static void thread(const ForestArgs& a, const ThreadIndex& at, unsigned threads) {
    use_place(a, at, threads, [&](const ForestPlace& place) {
      const auto i = static_cast<std::uint32_t>(place.i);
      ForestNode node = node_at(a.nodes, i);
      if (node.under == i) {
        a.best[i] = 0;
        return;
      }
      for (;;) {
        const ForestNode next = node_at(a.nodes, node.under);
        if (next.under == node.under) return;
        node = {next.under, node.turns + next.turns};
        write_word(a.nodes + i, pack(node));
      }
    });
  }
};

/// Every tree's first bin, as 2^32 less its number, to `best`.
struct ForestFirsts {
  static constexpr const char* kName = "forest_firsts_kernel";
  SPECTROHUE_HD static std::uint64_t number(std::int64_t i) {
    return (std::uint64_t{1} << 32) - static_cast<std::uint64_t>(i);
  }
  SPECTROHUE_HD static void thread(const ForestArgs& a, const ThreadIndex& at, unsigned threads) {
    use_place(a, at, threads, [&](const ForestPlace& place) {
      raise_word(a.best + node_at(a.nodes, static_cast<std::uint32_t>(place.i)).under, number(place.i));
    });
  }
};

/// Phases, in turns; that of a tree's first bin is 0.
struct ForestPhases {
  static constexpr const char* kName = "forest_phases_kernel";
  SPECTROHUE_HD static void thread(const ForestArgs& a, const ThreadIndex& at, unsigned threads) {
    use_place(a, at, threads, [&](const ForestPlace& place) {
      float& value = a.values[place.i];
      if (!place.range().holds(place.magnitude())) {
        value = static_cast<float>(unit_number(a.seed, static_cast<std::uint64_t>(place.bin.place)) - 0.5);
        return;
      }
      const ForestNode node = node_at(a.nodes, static_cast<std::uint32_t>(place.i));
      const auto first = static_cast<std::uint32_t>(ForestFirsts::number(0) - a.best[node.under]);
      value = math::of_whole_turns(node.turns - node_at(a.nodes, first).turns);
    });
  }
};

}  // namespace spectrohue::cuda
