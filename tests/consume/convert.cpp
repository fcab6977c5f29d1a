// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// convert SOUND FOLDER: FOLDER/picture.png and FOLDER/back.wav, by what is installed alone. Exits with 1, and says
// why, if something is not as the headers promise.
#include <spectrohue/files.h>
#include <spectrohue/version.h>

#include <cmath>
#include <cstdio>
#include <numbers>
#include <string>

namespace {

namespace fs = std::filesystem;

int n_wrong = 0;

void expect(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "convert: %s\n", what.c_str());
  ++n_wrong;
}

/// The error that `act` throws, as text, if it is one of spectrohue's with this code.
template <class Act>
std::string refusal(spectrohue::ErrorCode code, const Act& act) {
  try {
    act();
  } catch (const spectrohue::Error& error) {
    return error.code() == code ? error.what() : std::string("another code: ") + to_string(error.code());
  }
  return "nothing was thrown";
}

bool begins(const std::string& text, const std::string& start) { return text.compare(0, start.size(), start) == 0; }

void convert_files(const fs::path& sound, const fs::path& folder) {
  const fs::path picture = folder / "picture.png";
  spectrohue::EncodeSettings settings;
  settings.stft = spectrohue::StftSettings::for_n_fft(1024);
  settings.pixels.refine = 4;
  const spectrohue::FileConversion there = spectrohue::encode_file(sound, picture, settings);
  expect(there.outputs == std::vector{picture}, "one picture is written");
  expect(there.bytes_written == static_cast<std::int64_t>(fs::file_size(picture)), "bytes_written is the file's size");
  const spectrohue::FileConversion back = spectrohue::decode_file(picture, folder / "back.wav");
  expect(back.audio_seconds == there.audio_seconds && back.audio_seconds > 0, "the sound is as long as before");
}

void convert_many(const fs::path& sound, const fs::path& folder) {
  spectrohue::FileConverter converter(spectrohue::make_backend("cpu"));
  spectrohue::FileOptions tiles;
  tiles.tile_width = 16;
  const auto pictures = converter.encode(sound, folder / "tiles" / "song.png", {}, tiles).outputs;
  expect(pictures.size() > 1, "a narrow tile_width makes several pictures");
  converter.decode(pictures.back(), folder / "from_tiles.wav");
  converter.encode(sound, folder / "whole.png");
  converter.decode(folder / "whole.png", folder / "from_whole.flac");
}

/// Through the module that is loaded for JPEG, from where it is installed.
void convert_with_loss(const fs::path& sound, const fs::path& folder) {
  spectrohue::EncodeSettings settings;
  settings.pixels.encoding = spectrohue::Encoding::Gray8;
  const fs::path picture = folder / "gray.jpg";
  spectrohue::encode_file(sound, picture, settings);
  spectrohue::RetrievalSettings retrieval;
  retrieval.n_iter = 4;
  const spectrohue::FileConversion back = spectrohue::decode_file(picture, folder / "gray.wav", retrieval);
  expect(back.convergence && back.convergence->n_iter == 4, "phases are found in as many steps as are asked for");
}

void refuse(const fs::path& sound, const fs::path& folder) {
  using spectrohue::ErrorCode;
  const fs::path picture = folder / "picture.png";
  const auto about = [](const fs::path& path) { return path.string() + ": "; };
  expect(begins(refusal(ErrorCode::Usage, [&] { spectrohue::encode_file(sound, picture); }), about(sound)),
         "outputs are kept");
  expect(begins(refusal(ErrorCode::Usage, [&] { spectrohue::encode_file(sound, sound, {}, {.overwrites = true}); }),
                about(sound)),
         "the input is kept");
  expect(
      begins(refusal(ErrorCode::Usage, [&] { spectrohue::encode_file(sound, folder / "picture.jpg"); }), about(sound)),
      "jpeg does not get phases");
  expect(begins(refusal(ErrorCode::Usage, [&] { spectrohue::decode_file(picture, folder / "a.txt"); }), about(picture)),
         "extensions are known");
  const fs::path none = folder / "none.wav";
  expect(begins(refusal(ErrorCode::Read, [&] { spectrohue::encode_file(none, folder / "none.png"); }), about(none)),
         "what is not there is not read");
  expect(
      begins(refusal(ErrorCode::BadFormat, [&] { spectrohue::decode_file(sound, folder / "no.wav"); }), about(sound)),
      "a sound is no picture");
  expect(!fs::exists(folder / "none.png") && !fs::exists(folder / "no.wav"), "nothing is left of what failed");
}

void convert_in_memory() {
  spectrohue::Audio audio;
  audio.sample_rate = 16000;
  audio.channels = 1;
  audio.n_samples = 16000;
  audio.samples.resize(16000);
  for (int i = 0; i < 16000; ++i) {
    audio.samples[i] = 0.5F * static_cast<float>(std::sin(2 * std::numbers::pi * 440 * i / 16000));
  }
  const auto backend = spectrohue::make_backend("auto");
  spectrohue::Picture picture;
  spectrohue::Audio back;
  to_audio(*backend, picture, to_picture(*backend, audio, {}, picture), back);
  const double snr_db = spectrohue::compare(audio, back).snr_db;
  expect(snr_db > 40, "a sine comes back with " + std::to_string(snr_db) + " dB");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  convert_files(argv[1], argv[2]);
  convert_many(argv[1], argv[2]);
  convert_with_loss(argv[1], argv[2]);
  refuse(argv[1], argv[2]);
  convert_in_memory();
  std::printf("spectrohue %s\n", spectrohue::kVersion);
  return n_wrong == 0 ? 0 : 1;
}
