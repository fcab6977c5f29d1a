// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "serve/facts.h"

#include "audio/audio_file.h"
#include "image/picture_file.h"
#include "image/rgb.h"
#include "report/thumbnail.h"
#include "spectrohue/error.h"

namespace spectrohue::serve {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kPreviewWidth = 1600;
constexpr std::int64_t kPreviewHeight = 800;
constexpr double kMostPreviewedBytes = double{1 << 30};

nlohmann::ordered_json facts_of_sound(const fs::path& path) {
  const audio::FileInfo info = audio::inspect(path);
  return {{"kind", "sound"},
          {"description", info.description},
          {"sample_rate", info.sample_rate},
          {"channels", info.channels},
          {"seconds", static_cast<double>(info.n_samples) / info.sample_rate}};
}

nlohmann::ordered_json facts_of_picture(const fs::path& path) {
  const image::FileInfo info = image::inspect(path);
  nlohmann::ordered_json facts = {{"kind", "picture"},
                                  {"description", info.description},
                                  {"width", info.width},
                                  {"height", info.height},
                                  {"has_note", info.note.has_value()}};
  if (info.note) {
    const PictureNote& note = *info.note;
    facts["encoding"] = to_string(note.pixels.encoding);
    facts["has_phases"] = holds_phase(note.pixels.encoding);
    facts["sample_rate"] = note.sample_rate;
    facts["channels"] = note.channels;
    facts["seconds"] = static_cast<double>(note.n_samples) / note.sample_rate;
  }
  return facts;
}

}  // namespace

FileKind kind_of(const fs::path& path) {
  if (image::has_picture_extension(path)) return FileKind::Picture;
  if (audio::has_audio_extension(path)) return FileKind::Sound;
  try {
    audio::inspect(path);
    return FileKind::Sound;
  } catch (const Error&) {
    image::inspect(path);
    return FileKind::Picture;
  }
}

nlohmann::ordered_json facts_of(const fs::path& path, FileKind kind) {
  return kind == FileKind::Sound ? facts_of_sound(path) : facts_of_picture(path);
}

std::vector<std::uint8_t> preview_of(const fs::path& path) {
  const image::FileInfo info = image::inspect(path);
  if (info.layout.bits == 32) {
    throw Error(ErrorCode::Unsupported,
                "pixels that are floats have no colours to be shown; the file is as it should be");
  }
  const double bytes = 3.0 * info.layout.bits / 8 * static_cast<double>(info.width) * static_cast<double>(info.height);
  if (bytes > kMostPreviewedBytes) {
    throw Error(ErrorCode::Unsupported, "the picture is too large to be shown here; the file is as it should be");
  }
  image::PictureFile file;
  image::read(path, file);
  image::expand_to_rgb(file.picture);
  return report::to_png(report::scale_down(file.picture, kPreviewWidth, kPreviewHeight));
}

}  // namespace spectrohue::serve
