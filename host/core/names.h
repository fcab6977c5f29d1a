// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Names of enumerators, as they stand in notes and on the command line.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "spectrohue/error.h"

namespace spectrohue {

template <class E, std::size_t N>
using Names = std::array<std::pair<E, const char*>, N>;

template <class E, std::size_t N>
std::string name_of(const Names<E, N>& names, E value) {
  for (const auto& [v, name] : names) {
    if (v == value) return name;
  }
  throw Error(ErrorCode::Internal, "a value without a name");
}

/// Throws Error(Usage) that lists the known names; `what` is what they are names of.
template <class E, std::size_t N>
E value_of(const Names<E, N>& names, std::string_view name, const char* what) {
  std::string known;
  for (const auto& [v, n] : names) {
    if (name == n) return v;
    known += known.empty() ? n : std::string(", ") + n;
  }
  throw Error(ErrorCode::Usage, std::string("unknown ") + what + " '" + std::string(name) + "'; known: " + known);
}

}  // namespace spectrohue
