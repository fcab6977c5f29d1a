// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include <map>

#include "cli/options.h"

namespace spectrohue::cli {

namespace {

/// Steps by --phase-quality.
const std::map<std::string, int> kSteps{{"fast", 16}, {"default", 64}, {"high", 400}};
/// librosa's default, for the method that is librosa's.
constexpr int kStepsOfGriffinLim = 32;

const std::vector<std::string> kStarts{"pghi", "rtpghi", "spsi", "zero", "random", "stored"};

std::vector<std::string> methods() {
  std::vector<std::string> names{"hybrid", "griffinlim", "fgla"};
  names.insert(names.end(), kStarts.begin(), kStarts.end());
  return names;
}

}  // namespace

void RetrievalOptions::add_to(CLI::App& app) {
  const HelpGroup group(app, "Phase retrieval (pictures without phases)");
  app.add_option_function<std::string>(
         both_spellings("--phase-method"),
         [this](const std::string& name) {
           method_ = name;
           is_method_given_ = true;
         },
         "hybrid (default), griffinlim (as librosa's), fgla (the same from --init pghi), or only a start: pghi, "
         "rtpghi, spsi, zero, random; stored: the phases that the picture holds (default where it holds any)")
      ->check(CLI::IsMember(methods()));
  CLI::Option* quality =
      app.add_option(both_spellings("--phase-quality"), quality_,
                     "fast (16 steps), default (64) or high (400; where nothing is said, also with --from)")
          ->check(CLI::IsMember({"fast", "default", "high"}));
  app.add_option(both_spellings("--n-iter"), n_iter_, "Steps; each costs a transform and back")
      ->check(CLI::Range(0, 100000))
      ->excludes(quality);
  app.add_option("--init", start_,
                 "Phases to begin with: pghi (default), rtpghi, spsi, zero, random (default of griffinlim) or stored")
      ->check(CLI::IsMember(kStarts));
  app.add_option("--momentum", momentum_, "Of griffinlim and fgla: 0 (none) to below 1; default 0.99")
      ->check(CLI::Range(0.0, 0.9999));
  app.add_option("--seed", seed_, "Of random phases")->capture_default_str();
  app.add_option(
         both_spellings("--mel-inverse"), mel_inverse_,
         "From bands to bins, with hybrid only to begin with: kl, nnls (non-negative least squares) or pinv (fastest)")
      ->check(CLI::IsMember({"kl", "nnls", "pinv"}))
      ->capture_default_str();
}

RetrievalSettings RetrievalOptions::settings(const std::string& quality) const {
  RetrievalSettings settings;
  settings.seed = seed_;
  settings.band_inverse = band_inverse_from_string(mel_inverse_);
  settings.n_iter = n_iter_.value_or(kSteps.at(quality_.empty() ? quality : quality_));
  const bool is_griffin_lim = method_ == "griffinlim" || method_ == "fgla";
  if (momentum_ && !is_griffin_lim) {
    throw Error(ErrorCode::Usage, "--momentum is for --phase-method griffinlim and fgla");
  }
  if (is_griffin_lim) {
    settings.method = PhaseMethod::GriffinLim;
    settings.start = method_ == "fgla" ? PhaseStart::Pghi : PhaseStart::Random;
    settings.momentum = momentum_.value_or(settings.momentum);
    if (!n_iter_ && quality_.empty()) settings.n_iter = kStepsOfGriffinLim;
  } else if (method_ != "hybrid") {
    if (!start_.empty())
      throw Error(ErrorCode::Usage, "--phase-method " + method_ + " is itself a start; leave --init out");
    settings.method = PhaseMethod::None;
    settings.start = phase_start_from_string(method_);
    settings.n_iter = 0;
  }
  if (!start_.empty()) settings.start = phase_start_from_string(start_);
  // Steps alone are for the pictures of a folder that have no phases.
  const bool takes_stored = settings.method == PhaseMethod::None && settings.start == PhaseStart::Stored;
  settings.replaces_phases = (is_method_given_ || !start_.empty()) && !takes_stored;
  return settings;
}

}  // namespace spectrohue::cli
