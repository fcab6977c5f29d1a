// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// png_sizes [--fast] [--budget=S] [SOUND...]: our PNG writer against cv::imencode with its defaults, one row for every
// kind of picture: of the sounds, or of generated ones, and drawn. Sizes and rates are in units of cv::imencode's;
// rates by CPU time on one thread, medians of rounds in turn, of S seconds or 5 rounds. --fast leaves out the slow
// levels.
#include <time.h>

#include <cstdio>
#include <filesystem>

#include "audio/audio_file.h"
#include "support/bench.h"
#include "support/pictures.h"

namespace spectrohue::bench {
namespace {

using image::Compression;

/// The first channel, at most 20 s from the middle.
Audio excerpt(const std::string& path) {
  Audio all;
  audio::read(path, all);
  const std::int64_t n = std::min<std::int64_t>(all.n_samples, 20LL * all.sample_rate);
  const auto* const from = all.samples.data() + (all.n_samples - n) / 2;
  return audio_of(std::vector<float>(from, from + n), all.sample_rate);
}

double cpu_s() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

/// Median seconds of each, called in turn.
std::vector<double> times(const std::vector<std::function<void()>>& ways, double budget_s) {
  std::vector<std::vector<double>> all(ways.size());
  const double start = cpu_s();
  while (all[0].size() < 5 || (cpu_s() - start < budget_s && all[0].size() < 200)) {
    for (std::size_t i = 0; i < ways.size(); ++i) {
      const double before = cpu_s();
      ways[i]();
      all[i].push_back(cpu_s() - before);
    }
  }
  std::vector<double> medians;
  for (std::vector<double>& t : all) {
    std::nth_element(t.begin(), t.begin() + std::ssize(t) / 2, t.end());
    medians.push_back(t[t.size() / 2]);
  }
  return medians;
}

std::size_t write_ours(image::png::Coder& coder, const PngPicture& picture, Compression compression) {
  std::size_t size = 0;
  coder.write(picture.pixels(), nullptr, {compression, 1}, [&](image::png::Pieces pieces) {
    for (const auto& piece : pieces) size += piece.size();
  });
  return size;
}

struct Options {
  double budget_s = 0;
  bool with_small = true;
};

void print_row(const std::string& group, const Kind& kind, const Options& options) {
  const PngPicture picture = kind.make();
  const cv::Mat mat = picture.mat();
  std::vector<std::uint8_t> theirs;
  image::png::Coder coder;
  std::size_t fast = 0;
  const std::vector<double> t =
      times({[&] { cv::imencode(".png", mat, theirs); }, [&] { fast = write_ours(coder, picture, Compression::Fast); }},
            options.budget_s);
  const auto share = [&](std::size_t n) { return static_cast<double>(n) / static_cast<double>(theirs.size()); };
  std::printf("| %s%s | %zu | %zu | %.3f | %.1f |", group.c_str(), kind.name.c_str(), picture.data.size(),
              theirs.size(), share(fast), t[0] / t[1]);
  if (options.with_small) {
    std::printf(" %.3f |", share(write_ours(coder, picture, Compression::Level1)));
    std::printf(" %.3f |", share(write_ours(coder, picture, Compression::Level6)));
    std::printf(" %.3f |", share(write_ours(coder, picture, Compression::Small)));
  }
  std::printf("\n");
  std::fflush(stdout);
}

int run(int argc, char** argv) {
  Options options;
  std::vector<std::pair<std::string, Audio>> sounds;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument.starts_with("--budget=")) {
      options.budget_s = std::stod(argument.substr(9));
    } else if (argument == "--fast") {
      options.with_small = false;
    } else {
      sounds.emplace_back(std::filesystem::path(argument).stem().string() + "/", excerpt(argument));
    }
  }
  if (sounds.empty()) {
    sounds.emplace_back("music/", audio_of(music(30), kSampleRate));
    std::vector<float> tone(20 * kSampleRate);
    for (std::size_t i = 0; i < tone.size(); ++i)
      tone[i] = static_cast<float>(0.5 * std::sin(0.0627 * static_cast<double>(i)));
    sounds.emplace_back("tone/", audio_of(tone, kSampleRate));
    std::vector<float> clicks(20 * kSampleRate);
    for (std::size_t i = 3000; i < clicks.size(); i += 44100) clicks[i] = 1;
    sounds.emplace_back("clicks/", audio_of(clicks, kSampleRate));
  }
  std::printf("| picture | raw bytes | cv::imencode | fast, size | fast, rate |%s\n",
              options.with_small ? " level 1 | level 6 | small |" : "");
  std::printf("| --- | --- | --- | --- | --- |%s\n", options.with_small ? " --- | --- | --- |" : "");
  for (const auto& [name, audio] : sounds) {
    for (const Kind& kind : kinds_of_sound(audio)) print_row(name, kind, options);
  }
  for (const Kind& kind : drawn_kinds()) print_row("", kind, options);
  return 0;
}

}  // namespace
}  // namespace spectrohue::bench

int main(int argc, char** argv) { return spectrohue::bench::run(argc, argv); }
