// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/verify.h"

#include <algorithm>
#include <map>
#include <memory>

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

bool is_convertible(const fs::path& path) {
  return audio::has_audio_extension(path) || image::has_picture_extension(path);
}

/// By relative path without its extensions (song.wav.png and song.wav both become song).
std::map<fs::path, fs::path> by_stem(const fs::path& folder, std::vector<Problem>& problems) {
  std::map<fs::path, fs::path> files;
  const WalkResult found = walk({folder.string()}, is_convertible);
  problems.insert(problems.end(), found.problems.begin(), found.problems.end());
  for (const Source& source : found.sources) {
    fs::path key = source.relative;
    while (is_convertible(key)) key.replace_extension();
    const auto [entry, is_new] = files.emplace(key, source.path);
    if (!is_new) {
      problems.push_back({source.path.string(), "has the same name as '" + entry->second.string() + "'; not compared"});
    }
  }
  return files;
}

/// What a worker needs to read either side.
struct Reader {
  explicit Reader(std::unique_ptr<Backend> backend) : converter(std::move(backend)) {}
  FileConverter converter;
  Audio first;
  Audio second;

  void load(const fs::path& path, const ParameterFlags& flags, Audio& out) {
    if (image::has_picture_extension(path)) {
      std::vector<std::string> ignored;
      copy(converter.load_picture(path, flags, ignored), out);
    } else {
      audio::read(path, out);
    }
  }
  static void copy(const Audio& from, Audio& to) {
    to.sample_rate = from.sample_rate;
    to.channels = from.channels;
    to.n_samples = from.n_samples;
    to.format = from.format;
    to.samples.resize(from.samples.size());
    std::copy(from.samples.begin(), from.samples.end(), to.samples.begin());
  }
};

std::string describe(const Audio& audio) {
  return std::to_string(audio.n_samples) + " samples, " + std::to_string(audio.channels) +
         (audio.channels == 1 ? " channel, " : " channels, ") + std::to_string(audio.sample_rate) + " Hz";
}

Verdict compare_pair(Reader& reader, const Pair& pair, const VerifySettings& settings) {
  Verdict verdict;
  verdict.pair = pair;
  fs::path at = pair.first;
  try {
    reader.load(pair.first, settings.flags, reader.first);
    verdict.sample_rate = reader.first.sample_rate;
    verdict.channels = reader.first.channels;
    verdict.n_samples = reader.first.n_samples;
    const Audio* second = &reader.second;
    if (pair.second.empty()) {
      second = &reader.converter.round_trip(reader.first, settings.encode);
    } else {
      at = pair.second;
      reader.load(pair.second, settings.flags, reader.second);
    }
    if (second->channels != reader.first.channels || second->n_samples != reader.first.n_samples ||
        second->sample_rate != reader.first.sample_rate) {
      verdict.reason = "differs in kind: " + describe(reader.first) + " against " + describe(*second);
      return verdict;
    }
    verdict.comparison = compare(reader.first, *second);
    verdict.comparable = true;
  } catch (const std::exception& error) {
    verdict.reason = at.string() + ": " + error.what();
  }
  return verdict;
}

}  // namespace

std::vector<Pair> pair_up(const fs::path& a, const fs::path& b, std::vector<Problem>& problems) {
  if (fs::is_directory(a) != fs::is_directory(b)) {
    throw Error(ErrorCode::Usage,
                "'" + a.string() + "' and '" + b.string() + "' must both be files or both be folders");
  }
  if (!fs::is_directory(a)) return {{a, b}};
  std::vector<Pair> pairs;
  const std::map<fs::path, fs::path> first = by_stem(a, problems);
  std::map<fs::path, fs::path> second = by_stem(b, problems);
  for (const auto& [key, path] : first) {
    const auto partner = second.find(key);
    if (partner == second.end()) {
      problems.push_back({path.string(), "has no partner in '" + b.string() + "'"});
      continue;
    }
    pairs.push_back({path, partner->second});
    second.erase(partner);
  }
  for (const auto& [key, path] : second) {
    problems.push_back({path.string(), "has no partner in '" + a.string() + "'"});
  }
  return pairs;
}

std::vector<Verdict> verify(const std::vector<Pair>& pairs, const VerifySettings& settings, const RunSettings& run) {
  const int threads =
      static_cast<int>(std::clamp<std::size_t>(pairs.size(), 1, run.threads > 0 ? run.threads : default_threads()));
  std::vector<std::unique_ptr<Reader>> readers;
  for (int i = 0; i < threads; ++i) readers.push_back(std::make_unique<Reader>(make_backend(run.device)));
  std::vector<Verdict> verdicts(pairs.size());
  parallel_for(pairs.size(), threads, [&](int worker, std::size_t index) {
    verdicts[index] = compare_pair(*readers[worker], pairs[index], settings);
  });
  return verdicts;
}

}  // namespace spectrohue::batch
