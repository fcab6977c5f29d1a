// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/retrieval_flags.h"

#include <algorithm>
#include <array>
#include <utility>

#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace {

/// Steps by --phase-quality.
constexpr std::array<std::pair<const char*, int>, 3> kSteps{{{"fast", 16}, {"default", 64}, {"high", 400}}};
/// librosa's default, for the method that is librosa's.
constexpr int kStepsOfGriffinLim = 32;

int steps_of(const std::string& quality) {
  const auto* const found = std::ranges::find(kSteps, quality, &std::pair<const char*, int>::first);
  if (found != kSteps.end()) return found->second;
  throw Error(ErrorCode::Usage, "unknown --phase-quality '" + quality + "'; known: fast, default, high");
}

}  // namespace

std::vector<std::string> phase_qualities() {
  std::vector<std::string> names;
  for (const auto& [name, steps] : kSteps) names.emplace_back(name);
  return names;
}

std::vector<std::string> phase_starts() { return {"pghi", "forest", "rtpghi", "spsi", "zero", "random", "stored"}; }

std::vector<std::string> phase_methods() {
  std::vector<std::string> names{"hybrid", "griffinlim", "fgla"};
  for (std::string& start : phase_starts()) names.push_back(std::move(start));
  return names;
}

RetrievalSettings retrieval_settings(const RetrievalFlags& flags, const std::string& quality) {
  const std::string method = flags.method.value_or("hybrid");
  RetrievalSettings settings;
  settings.seed = flags.seed;
  settings.band_inverse = band_inverse_from_string(flags.mel_inverse);
  settings.n_iter = flags.n_iter.value_or(steps_of(flags.quality.empty() ? quality : flags.quality));
  const bool is_griffin_lim = method == "griffinlim" || method == "fgla";
  if (flags.momentum && !is_griffin_lim) {
    throw Error(ErrorCode::Usage, "--momentum is for --phase-method griffinlim and fgla");
  }
  if (is_griffin_lim) {
    settings.method = PhaseMethod::GriffinLim;
    settings.start = method == "fgla" ? PhaseStart::Pghi : PhaseStart::Random;
    settings.momentum = flags.momentum.value_or(settings.momentum);
    if (!flags.n_iter && flags.quality.empty()) settings.n_iter = kStepsOfGriffinLim;
  } else if (method != "hybrid") {
    if (!flags.start.empty()) {
      throw Error(ErrorCode::Usage, "--phase-method " + method + " is itself a start; leave --init out");
    }
    settings.method = PhaseMethod::None;
    settings.start = phase_start_from_string(method);
    settings.n_iter = 0;
  }
  if (!flags.start.empty()) settings.start = phase_start_from_string(flags.start);
  // Steps alone are for the pictures of a folder that have no phases.
  const bool takes_stored = settings.method == PhaseMethod::None && settings.start == PhaseStart::Stored;
  settings.replaces_phases = (flags.method || !flags.start.empty()) && !takes_stored;
  return settings;
}

}  // namespace spectrohue::batch
