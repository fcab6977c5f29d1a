// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/convert_file.h"

#include <algorithm>
#include <cmath>

#include "batch/output_file.h"
#include "image/note.h"
#include "spectrohue/version.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

Converted FileConverter::encode(const Task& task, const EncodeSettings& settings, image::Compression compression) {
  audio::read(task.source, audio_);
  PictureNote note = to_picture(*backend_, audio_, settings, file_.picture);
  note.tool = std::string("spectrohue ") + kVersion;
  note.source_name = task.source.filename().string();
  note.pixels_crc32 = image::pixels_crc32(file_.picture);

  OutputFile output(task.destination);
  image::write_png(output.temporary(), file_.picture, &note, {compression, threads_}, workspace_);
  Converted result;
  result.audio_seconds = audio_.seconds();
  result.bytes_written = static_cast<std::int64_t>(fs::file_size(output.temporary()));
  output.commit();
  return result;
}

const Audio& FileConverter::load_picture(const fs::path& path, const ParameterFlags& flags,
                                         std::vector<std::string>& messages) {
  image::read(path, file_, workspace_, threads_);
  const Picture& picture = file_.picture;
  Parameters parameters = decode_parameters(file_.note, picture.width, picture.height, picture.bits, path, flags);
  messages = std::move(parameters.messages);
  if (file_.lossy) {
    messages.push_back(file_.description +
                       " was stored with loss, which phase as hue does not survive; keep pictures as PNG");
  }
  to_audio(*backend_, picture, parameters.note, audio_);
  if (!parameters.has_level) normalize_peak(audio_);
  return audio_;
}

Converted FileConverter::decode(const Task& task, const DecodeSettings& settings) {
  Converted result;
  load_picture(task.source, settings.flags, result.messages);
  if (settings.normalize) normalize_peak(audio_);

  const audio::WriteSettings as = audio::settings_for(settings.container, settings.format.value_or(audio_.format));
  OutputFile output(task.destination);
  const audio::WriteResult written = audio::write(output.temporary(), audio_, as);
  // A handful of samples just above full scale is rounding; more is worth a word.
  if (written.clipped * 1000 > audio_.n_samples * audio_.channels) {
    result.messages.push_back(std::to_string(written.clipped) +
                              " samples were beyond full scale and were clipped; --subtype float or --normalize peak "
                              "keeps them");
  }
  result.audio_seconds = audio_.seconds();
  result.bytes_written = static_cast<std::int64_t>(fs::file_size(output.temporary()));
  output.commit();
  return result;
}

const Audio& FileConverter::round_trip(const Audio& audio, const EncodeSettings& settings) {
  const PictureNote note = to_picture(*backend_, audio, settings, file_.picture);
  to_audio(*backend_, file_.picture, note, audio_);
  return audio_;
}

void normalize_peak(Audio& audio) {
  constexpr float kTarget = 0.999F;
  float peak = 0.0F;
  for (const float x : audio.samples) peak = std::max(peak, std::fabs(x));
  if (peak == 0.0F) return;
  const float gain = kTarget / peak;
  for (float& x : audio.samples) x *= gain;
}

}  // namespace spectrohue::batch
