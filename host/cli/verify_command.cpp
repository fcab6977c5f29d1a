// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>

#include "batch/verify.h"
#include "cli/options.h"

namespace spectrohue::cli {

namespace fs = std::filesystem;

namespace {

struct VerifyOptions {
  std::vector<std::string> paths;
  TransformOptions transform;
  RunOptions options;
  std::optional<double> min_snr;
};

std::string snr_text(double snr_db) {
  if (std::isinf(snr_db)) return snr_db > 0 ? "   exact   " : "  no signal";
  char text[32];
  std::snprintf(text, sizeof text, "%8.2f dB", snr_db);
  return text;
}

/// Of finite and infinite values alike; the lower middle of an even count.
double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

Exit verify(const VerifyOptions& chosen) {
  std::vector<batch::Problem> problems;
  std::vector<batch::Pair> pairs;
  batch::VerifySettings settings;
  settings.encode = batch::encode_settings(chosen.transform);
  if (chosen.paths.size() == 2) {
    for (const std::string& path : chosen.paths) {
      if (!fs::exists(path)) throw Error(ErrorCode::Usage, "'" + path + "': no such file or folder");
    }
    pairs = batch::pair_up(chosen.paths[0], chosen.paths[1], problems);
    settings.flags = chosen.transform.given;
  } else {
    const batch::WalkResult found = batch::walk(chosen.paths, {audio::has_audio_extension});
    problems = found.problems;
    for (std::size_t i = 0; i < found.sources.size(); ++i) pairs.push_back({found.sources[i], {}});
  }

  const std::vector<batch::Verdict> verdicts = batch::verify(pairs, settings, chosen.options.run);
  std::vector<double> snr;
  std::size_t failed = problems.size();
  for (const batch::Verdict& verdict : verdicts) {
    if (!verdict.comparable) {
      ++failed;
      say(verdict.pair.first.path.string(), verdict.reason);
      continue;
    }
    const Comparison& c = verdict.comparison;
    const bool low = chosen.min_snr && !(c.snr_db >= *chosen.min_snr);
    failed += low ? 1 : 0;
    snr.push_back(c.snr_db);
    if (chosen.options.quiet) continue;
    std::printf("%s  max error %9.7f  %6.2f %% differ  %d x %d Hz, %lld samples  %s%s\n", snr_text(c.snr_db).c_str(),
                c.max_error,
                verdict.n_samples > 0 ? 100.0 * static_cast<double>(c.differing) /
                                            (static_cast<double>(verdict.n_samples) * verdict.channels)
                                      : 0.0,
                verdict.channels, verdict.sample_rate, static_cast<long long>(verdict.n_samples),
                printable(verdict.pair.first.path.string()).c_str(), low ? "  BELOW --min-snr" : "");
  }
  for (const batch::Problem& problem : problems) say(problem.path, problem.reason);
  if (!snr.empty()) {
    const double worst = *std::min_element(snr.begin(), snr.end());
    std::printf("%zu compared, %zu failed; SNR worst %s, median %s\n", snr.size(), failed,
                CLI::detail::trim_copy(snr_text(worst)).c_str(), CLI::detail::trim_copy(snr_text(median(snr))).c_str());
  } else {
    std::printf("nothing could be compared\n");
  }
  return failed == 0 && !snr.empty() ? Exit::Ok : Exit::SomeFailed;
}

}  // namespace

void add_verify(CLI::App& app, Exit& result) {
  auto chosen = std::make_shared<VerifyOptions>();
  CLI::App* command = app.add_subcommand(
      "verify",
      "How close sounds came back: compares two files, two folders (sounds or pictures), or takes sounds to pictures "
      "and back in memory");
  command
      ->add_option("PATH", chosen->paths,
                   "A B: two files or folders to compare. One file or folder: a round trip in memory")
      ->required()
      ->expected(1, 2)
      ->type_name("");
  command->add_option(both_spellings("--min-snr"), chosen->min_snr, "Fail (exit code 1) where the SNR is lower, in dB");
  auto& given = chosen->transform.given;
  command->add_option(both_spellings("--sample-rate"), given.sample_rate, "Hz, of pictures; overrides the note");
  chosen->transform.add_to(*command, true);
  chosen->options.add_to(*command);
  command->callback([chosen, &result] { result = verify(*chosen); });
}

}  // namespace spectrohue::cli
