// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/verify.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "batch/decode.h"
#include "batch/tiles.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

bool is_convertible(const fs::path& path) {
  return audio::has_audio_extension(path) || image::has_picture_extension(path);
}

/// By relative path without its extensions (song.wav.png and song.wav both become song).
std::map<fs::path, Source> by_stem(const fs::path& folder, std::vector<Problem>& problems) {
  std::map<fs::path, Source> files;
  WalkResult found = walk({folder.string()}, {is_convertible});
  join_tiles(found.sources);
  problems.insert(problems.end(), found.problems.begin(), found.problems.end());
  for (std::size_t i = 0; i < found.sources.size(); ++i) {
    const Source source = found.sources[i];
    fs::path key = source.relative;
    while (is_convertible(key)) key.replace_extension();
    const auto [entry, is_new] = files.emplace(key, source);
    if (!is_new) {
      problems.push_back(
          {source.path.string(), "has the same name as '" + entry->second.path.string() + "'; not compared"});
    }
  }
  return files;
}

/// What a thread needs to read either side.
struct Reader {
  explicit Reader(std::unique_ptr<Backend> backend) : worker(std::move(backend)) {}
  Worker worker;
  Job job;
  Audio first;
  Audio second;

  void load(const Source& source, const ParameterFlags& flags, Audio& out) {
    if (!image::has_picture_extension(source.path)) {
      audio::read(source.path, out);
      return;
    }
    job.restart({source.path, {}, source.tiles});
    load_sound(worker, job, flags);
    std::swap(job.audio, out);
  }
  /// The first sound to a picture and back.
  const Audio& round_trip(const EncodeSettings& settings) {
    const PictureNote note = to_picture(*worker.backend, first, settings, worker.picture);
    to_audio(*worker.backend, worker.picture, note, second);
    return second;
  }
};

std::string describe(const Audio& audio) {
  return std::to_string(audio.n_samples) + " samples, " + std::to_string(audio.channels) +
         (audio.channels == 1 ? " channel, " : " channels, ") + std::to_string(audio.sample_rate) + " Hz";
}

Verdict compare_pair(Reader& reader, const Pair& pair, const VerifySettings& settings) {
  Verdict verdict;
  verdict.pair = pair;
  fs::path at = pair.first.path;
  try {
    reader.load(pair.first, settings.flags, reader.first);
    verdict.sample_rate = reader.first.sample_rate;
    verdict.channels = reader.first.channels;
    verdict.n_samples = reader.first.n_samples;
    const Audio* second = &reader.second;
    if (pair.second.path.empty()) {
      second = &reader.round_trip(settings.encode);
    } else {
      at = pair.second.path;
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
  if (!fs::is_directory(a)) return {{{a, a.filename()}, {b, b.filename()}}};
  std::vector<Pair> pairs;
  const std::map<fs::path, Source> first = by_stem(a, problems);
  std::map<fs::path, Source> second = by_stem(b, problems);
  for (const auto& [key, source] : first) {
    const auto partner = second.find(key);
    if (partner == second.end()) {
      problems.push_back({source.path.string(), "has no partner in '" + b.string() + "'"});
      continue;
    }
    pairs.push_back({source, partner->second});
    second.erase(partner);
  }
  for (const auto& [key, source] : second) {
    problems.push_back({source.path.string(), "has no partner in '" + a.string() + "'"});
  }
  return pairs;
}

std::vector<Verdict> verify(const std::vector<Pair>& pairs, const VerifySettings& settings, const RunSettings& run) {
  const int threads =
      static_cast<int>(std::clamp<std::size_t>(pairs.size(), 1, run.threads > 0 ? run.threads : default_threads()));
  std::vector<std::unique_ptr<Reader>> readers;
  for (std::unique_ptr<Backend>& backend : make_backends(run, threads)) {
    readers.push_back(std::make_unique<Reader>(std::move(backend)));
  }
  std::vector<Verdict> verdicts(pairs.size());
  parallel_for(pairs.size(), threads, [&](int worker, std::size_t index) {
    verdicts[index] = compare_pair(*readers[worker], pairs[index], settings);
  });
  return verdicts;
}

}  // namespace spectrohue::batch
