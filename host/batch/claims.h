// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "batch/hash.h"

namespace spectrohue::batch {

/// What many things say, compactly: 16 bytes each.
class Claims {
 public:
  void reserve(std::size_t n) { claims_.reserve(n); }
  void add(std::string_view text, std::size_t item) {
    claims_.push_back({stable_hash(text), static_cast<std::uint32_t>(item)});
  }
  void sort() {
    std::sort(claims_.begin(), claims_.end(),
              [](const Claim& a, const Claim& b) { return a.hash != b.hash ? a.hash < b.hash : a.item < b.item; });
  }
  /// After sort(): those that perhaps say `text`, in their order.
  template <class Use>
  void for_each_like(std::string_view text, Use&& use) const {
    const Claim wanted{stable_hash(text), 0};
    const auto less = [](const Claim& a, const Claim& b) { return a.hash < b.hash; };
    auto [begin, end] = std::equal_range(claims_.begin(), claims_.end(), wanted, less);
    for (; begin != end; ++begin) use(begin->item);
  }
  /// After sort(): sets of two and more that perhaps say the same.
  template <class Use>
  void for_each_set(Use&& use) const {
    std::vector<std::uint32_t> set;
    for (std::size_t i = 0; i < claims_.size();) {
      set.clear();
      const std::uint64_t hash = claims_[i].hash;
      for (; i < claims_.size() && claims_[i].hash == hash; ++i) set.push_back(claims_[i].item);
      if (set.size() > 1) use(set);
    }
  }

 private:
  struct Claim {
    std::uint64_t hash;
    std::uint32_t item;
  };
  std::vector<Claim> claims_;
};

}  // namespace spectrohue::batch
