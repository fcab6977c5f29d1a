// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "cli/options.h"

namespace spectrohue::cli {

void RetrievalOptions::add_to(CLI::App& app) {
  const HelpGroup group(app, "Phase retrieval (pictures without phases)");
  app.add_option(
         both_spellings("--phase-method"), flags_.method,
         "hybrid (default), griffinlim (as librosa's), fgla (the same from --init pghi), or only a start: pghi, "
         "forest, rtpghi, spsi, zero, random; stored: the phases that the picture holds (default where it holds any)")
      ->check(CLI::IsMember(batch::phase_methods()));
  CLI::Option* quality =
      app.add_option(both_spellings("--phase-quality"), flags_.quality,
                     "fast (16 steps), default (64) or high (400; where nothing is said, also with --from)")
          ->check(CLI::IsMember(batch::phase_qualities()));
  app.add_option(both_spellings("--n-iter"), flags_.n_iter, "Steps; each costs a transform and back")
      ->check(CLI::Range(0, 100000))
      ->excludes(quality);
  app.add_option(
         "--init", flags_.start,
         "Phases to begin with: pghi (default), forest (as near, and found on the GPU), rtpghi, spsi, zero, random "
         "(default of griffinlim) or stored")
      ->check(CLI::IsMember(batch::phase_starts()));
  app.add_option("--momentum", flags_.momentum, "Of griffinlim and fgla: 0 (none) to below 1; default 0.99")
      ->check(CLI::Range(0.0, 0.9999));
  app.add_option("--seed", flags_.seed, "Of random phases")->capture_default_str();
  app.add_option(
         both_spellings("--mel-inverse"), flags_.mel_inverse,
         "From bands to bins, with hybrid only to begin with: kl, nnls (non-negative least squares) or pinv (fastest)")
      ->check(CLI::IsMember({"kl", "nnls", "pinv"}))
      ->capture_default_str();
}

}  // namespace spectrohue::cli
