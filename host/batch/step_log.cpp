// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/step_log.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "batch/conversion.h"
#include "batch/output_file.h"
#include "batch/sha256.h"
#include "image/picture_file.h"
#include "spectrohue/error.h"
#include "spectrohue/version.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

/// What pictures of magnitudes show below the loudest bin.
constexpr double kRangeDb = 80;

std::string numbered(const std::string& name, int plane) {
  return plane == 0 ? name : name + "." + std::to_string(plane + 1);
}

}  // namespace

fs::path StepLog::add(const std::string& name) {
  files_.push_back(name);
  return folder_ / name;
}

void StepLog::take_magnitudes(int plane, const StftSettings& stft, std::span<const float> magnitudes) {
  write_array(numbered("magnitudes", plane) + ".npy", stft, magnitudes);
  write_picture(numbered("magnitudes", plane) + ".png", stft, magnitudes);
}

void StepLog::take_sound(Backend& backend, const StftSettings& stft, const Audio& audio) {
  constexpr std::int64_t kBlockFrames = 1024;
  const std::int64_t n_frames = stft.n_frames(audio.n_samples);
  Buffer<Complex> spectrum;
  Buffer<float> magnitudes(static_cast<std::size_t>(n_frames * stft.n_bins()));
  for (int c = 0; c < audio.channels; ++c) {
    for (std::int64_t first = 0; first < n_frames; first += kBlockFrames) {
      spectrum.resize(static_cast<std::size_t>(std::min(kBlockFrames, n_frames - first) * stft.n_bins()));
      const AnalyseItem item{audio.channel(c), spectrum.span(), first};
      backend.analyse(stft, {&item, 1});
      std::transform(spectrum.begin(), spectrum.end(), magnitudes.begin() + first * stft.n_bins(),
                     [](Complex bin) { return std::abs(bin); });
    }
    write_picture(numbered("found", c) + ".png", stft, magnitudes.span());
  }
}

void StepLog::write_array(const std::string& name, const StftSettings& stft, std::span<const float> magnitudes) {
  const std::int64_t n_bins = stft.n_bins();
  const std::int64_t n_frames = std::ssize(magnitudes) / n_bins;
  Picture picture;
  picture.resize(n_frames, n_bins, {1, 32});
  for (std::int64_t k = 0; k < n_bins; ++k) {
    std::uint8_t* const row = picture.row(n_bins - 1 - k);
    for (std::int64_t t = 0; t < n_frames; ++t) {
      std::memcpy(row + t * sizeof(float), &magnitudes[t * n_bins + k], sizeof(float));
    }
  }
  OutputFile file(add(name));
  image::Workspace workspace;
  image::write_picture(file.temporary(), image::Format::Npy, picture, nullptr, {}, workspace);
  file.commit();
}

void StepLog::write_picture(const std::string& name, const StftSettings& stft, std::span<const float> magnitudes) {
  const std::int64_t n_bins = stft.n_bins();
  const std::int64_t n_frames = std::ssize(magnitudes) / n_bins;
  float loudest = 0.0F;
  for (const float m : magnitudes) loudest = std::max(loudest, std::fabs(m));
  Picture picture;
  picture.resize(n_frames, n_bins, {1, 8});
  for (std::int64_t k = 0; k < n_bins; ++k) {
    std::uint8_t* const row = picture.row(n_bins - 1 - k);
    for (std::int64_t t = 0; t < n_frames; ++t) {
      const double m = std::fabs(magnitudes[t * n_bins + k]);
      const double db = m > 0 ? 20 * std::log10(m / loudest) : -kRangeDb;
      row[t] = static_cast<std::uint8_t>(std::lround(255 * std::clamp(1 + db / kRangeDb, 0.0, 1.0)));
    }
  }
  OutputFile file(add(name));
  image::write_png(file.temporary(), picture, nullptr);
  file.commit();
}

void StepLog::finish(std::span<const fs::path> sources, const std::string& note, const std::string& flags,
                     const Converted& converted, const fs::path& output, const std::string& name) {
  using Json = nlohmann::ordered_json;
  const auto hash_of = [](const fs::path& path) { return sha256_of({&path, 1}); };
  Json log = {{"tool", std::string("spectrohue ") + kVersion}};
  for (const fs::path& source : sources) {
    log["sources"].push_back({{"name", source.filename().string()}, {"sha256", hash_of(source)}});
  }
  log["settings"] = Json::parse(flags);
  if (!note.empty()) log["decoded_with"] = Json::parse(note);
  if (converted.convergence) {
    log["phases"] = {{"n_iter", converted.convergence->n_iter}};
    const double db = converted.convergence->db;
    log["phases"]["convergence_db"] = std::isfinite(db) ? Json(db) : Json(db < 0 ? "-inf" : "inf");
  }
  if (converted.untouched) log["untouched"] = *converted.untouched;
  log["backend"] = converted.backend;
  log["messages"] = converted.messages;
  for (const std::string& file : files_) {
    log["files"].push_back({{"name", file}, {"sha256", hash_of(folder_ / file)}});
  }
  log["output"] = {{"name", name}, {"sha256", hash_of(output)}};
  OutputFile file(folder_ / "log.json");
  std::ofstream out(file.temporary(), std::ios::binary);
  out << log.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
  out.close();
  if (!out) throw Error(ErrorCode::Write, "'" + (folder_ / "log.json").string() + "' cannot be written");
  file.commit();
}

}  // namespace spectrohue::batch
