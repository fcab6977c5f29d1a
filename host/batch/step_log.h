// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// A folder for each decoded picture that says what was done to it, step by step, for those who must be able to explain
// a sound (docs/phase.md#every-step-on-record).
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "spectrohue/convert.h"

namespace spectrohue::batch {

struct Converted;

class StepLog {
 public:
  /// folder: of this picture alone; made when first needed. All that writes throws Error(Write).
  explicit StepLog(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// The magnitudes that phases are sought for, [n_frames, n_bins]: magnitudes.npy ([n_bins, n_frames], from the lowest
  /// bin; below 0: a guess) and a gray picture of them, of the planes after the first with their number.
  void take_magnitudes(int plane, const StftSettings& stft, std::span<const float> magnitudes);
  /// found.png: the sound that came of them, in the same way.
  void take_sound(Backend& backend, const StftSettings& stft, const Audio& audio);
  /// Writes log.json. note: what was decoded with, JSON; flags: as Decoder::parameters(). output: the finished file,
  /// `name` what it will be called.
  void finish(std::span<const std::filesystem::path> sources, const std::string& note, const std::string& flags,
              const Converted& converted, const std::filesystem::path& output, const std::string& name);

 private:
  void write_array(const std::string& name, const StftSettings& stft, std::span<const float> magnitudes);
  void write_picture(const std::string& name, const StftSettings& stft, std::span<const float> magnitudes);
  std::filesystem::path add(const std::string& name);

  std::filesystem::path folder_;
  std::vector<std::string> files_;
};

}  // namespace spectrohue::batch
