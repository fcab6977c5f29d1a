// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What a user says of phase retrieval, as text where it came as text, and the settings that it means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "spectrohue/settings.h"

namespace spectrohue::batch {

/// An empty field leaves the choice to the method.
struct RetrievalFlags {
  std::optional<std::string> method;  ///< one of phase_methods(); empty: hybrid, of pictures that hold no phases
  std::string quality;                ///< one of phase_qualities(): how many steps, unless n_iter says so
  std::string start;                  ///< one of phase_starts()
  std::optional<int> n_iter;
  std::optional<double> momentum;
  std::uint64_t seed = 0;
  std::string mel_inverse = "kl";  ///< of band_inverse_from_string()
};

// Legal names, for messages and checks.
std::vector<std::string> phase_methods();
std::vector<std::string> phase_qualities();
std::vector<std::string> phase_starts();

/// quality: where the flags say none. Throws Error(Usage) where flags contradict each other or hold a name that is not
/// legal.
RetrievalSettings retrieval_settings(const RetrievalFlags& flags, const std::string& quality = "default");

}  // namespace spectrohue::batch
