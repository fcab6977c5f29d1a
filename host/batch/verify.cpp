// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/verify.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "batch/decode.h"
#include "batch/tiles.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

bool is_convertible(const fs::path& path) {
  return audio::has_audio_extension(path) || image::has_picture_extension(path);
}

std::vector<Source> files_in(const fs::path& folder, std::vector<Problem>& problems) {
  WalkResult found = walk({folder.string()}, {is_convertible});
  join_tiles(found.sources);
  problems.insert(problems.end(), found.problems.begin(), found.problems.end());
  std::vector<Source> files;
  for (std::size_t i = 0; i < found.sources.size(); ++i) files.push_back(found.sources[i]);
  return files;
}

constexpr int kAllExtensions = 100;

/// The relative path without so many extensions of sounds and pictures: song.wav.png has two.
fs::path stripped(fs::path relative, int n_extensions) {
  for (int i = 0; i < n_extensions && is_convertible(relative); ++i) relative.replace_extension();
  return relative;
}

/// Finds partners among the files of two folders. One that is found is not looked for again.
class Matcher {
 public:
  Matcher(std::vector<Source> first, std::vector<Source> second)
      : first_(std::move(first)), second_(std::move(second)), partner_(first_.size()), is_taken_(second_.size()) {}

  /// Pairs what has the same name without so many extensions, if it is the only one of that name on its side.
  void match(int n_of_first, int n_of_second) {
    struct Named {
      std::vector<std::size_t> first;
      std::vector<std::size_t> second;
    };
    std::map<fs::path, Named> names;
    for (std::size_t i = 0; i < first_.size(); ++i) {
      if (!partner_[i]) names[stripped(first_[i].relative, n_of_first)].first.push_back(i);
    }
    for (std::size_t i = 0; i < second_.size(); ++i) {
      if (!is_taken_[i]) names[stripped(second_[i].relative, n_of_second)].second.push_back(i);
    }
    for (const auto& [name, files] : names) {
      if (files.first.size() != 1 || files.second.size() != 1) continue;
      partner_[files.first.front()] = files.second.front();
      is_taken_[files.second.front()] = true;
    }
  }

  std::vector<Pair> pairs() const {
    std::vector<Pair> pairs;
    for (std::size_t i = 0; i < first_.size(); ++i) {
      if (partner_[i]) pairs.push_back({first_[i], second_[*partner_[i]]});
    }
    return pairs;
  }

  /// What has no partner.
  void report(const fs::path& a, const fs::path& b, std::vector<Problem>& problems) const {
    std::vector<Source> left;
    std::vector<Source> right;
    for (std::size_t i = 0; i < first_.size(); ++i) {
      if (!partner_[i]) left.push_back(first_[i]);
    }
    for (std::size_t i = 0; i < second_.size(); ++i) {
      if (!is_taken_[i]) right.push_back(second_[i]);
    }
    for (const Source& file : left) problems.push_back(reason(file, b, right));
    for (const Source& file : right) problems.push_back(reason(file, a, left));
  }

 private:
  static Problem reason(const Source& file, const fs::path& folder, const std::vector<Source>& others) {
    const fs::path name = stripped(file.relative, kAllExtensions);
    const bool is_doubtful = std::ranges::any_of(
        others, [&](const Source& other) { return stripped(other.relative, kAllExtensions) == name; });
    const std::string reason = "has no partner in '" + folder.string() + "'";
    return {file.path.string(),
            reason + (is_doubtful ? " that is its alone, as names differ in their extension only; not compared" : "")};
  }

  std::vector<Source> first_;
  std::vector<Source> second_;
  std::vector<std::optional<std::size_t>> partner_;  // of each first, in second_
  std::vector<bool> is_taken_;                       // of each second
};

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
  Matcher matcher(files_in(a, problems), files_in(b, problems));
  // The likeliest first: of st.wav and st.mp3, encode and decode make st.wav.png and st.mp3.png, st.wav and st.mp3.wav.
  constexpr auto kStrips = std::to_array<std::pair<int, int>>({{0, 0}, {0, 1}, {1, 0}, {1, 1}});
  for (const auto& [of_first, of_second] : kStrips) matcher.match(of_first, of_second);
  matcher.match(kAllExtensions, kAllExtensions);
  matcher.report(a, b, problems);
  return matcher.pairs();
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
