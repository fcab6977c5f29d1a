// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// make_sound PATH [SAMPLES [CHANNELS [RATE [KIND [SUBTYPE]]]]]: a sound for the command-line cases. KIND: noise
// (default), silence, nan. SUBTYPE: pcm16 (default), pcm24, float ... The extension chooses wav, flac or ogg.
#include <cmath>
#include <cstdio>
#include <exception>
#include <string>

#include "audio/audio_file.h"
#include "support/signals.h"
#include "support/sounds.h"

int main(int argc, char** argv) try {
  using namespace spectrohue;
  const auto argument = [&](int i, const char* otherwise) { return std::string(i < argc ? argv[i] : otherwise); };
  const std::filesystem::path path = argument(1, "sound.wav");
  const std::int64_t n_samples = std::stoll(argument(2, "4000"));
  const int channels = std::stoi(argument(3, "1"));
  const std::string kind = argument(5, "noise");
  const std::vector<float> x = test::noise(channels * n_samples, 3, kind == "silence" ? 0 : 0.5F);
  Audio audio = test::planar_sound(x, channels, std::stoi(argument(4, "8000")));
  if (kind == "nan") audio.samples[audio.samples.size() / 2] = NAN;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path());
  audio::WriteSettings settings;
  settings.container = audio::container_from_string(path.extension().string().substr(1));
  settings.format = sample_format_from_string(argument(6, "pcm16"));
  audio::write(path, audio, settings);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "make_sound: %s\n", error.what());
  return 1;
}
