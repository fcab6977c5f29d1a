// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/in_memory.h"

#include <utility>

#include "batch/channel_mix.h"
#include "batch/decode.h"
#include "batch/encode.h"
#include "image/arrange.h"
#include "image/note.h"
#include "spectrohue/error.h"
#include "spectrohue/version.h"

namespace spectrohue::batch {

image::PictureFile encode_in_memory(Worker& worker, const Sound& sound, const EncodeSettings& settings) {
  TileSettings whole;
  whole.width = 0;
  PictureOutput output;
  output.format = image::Format::Tiff;  // holds every kind of pixels
  validate(settings, whole, output);
  const ChannelMix mix(settings.channels, static_cast<int>(sound.channels.size()));
  Buffer<float> mixed;
  image::PictureFile file;
  Picture& picture = file.picture;
  PictureNote& note = file.note.emplace(to_picture(*worker.backend, mix.apply(sound, mixed), settings, picture));
  note.tool = std::string("spectrohue ") + kVersion;
  note.is_mid_side = mix.is_mid_side();
  note.arrangement = settings.arrangement;
  if (note.arrangement.is_resized()) {
    note.arrangement.from_width = picture.width;
    note.arrangement.from_height = picture.height;
  } else {
    note.pixels_crc32 = image::pixels_crc32(picture, worker.threads);
  }
  image::arrange(picture, note.arrangement);
  return file;
}

DecodedSound decode_in_memory(Worker& worker, image::PictureFile picture, const ParameterFlags& flags, bool normalize) {
  Job job;
  job.threads = worker.threads;
  job.file = std::move(picture);
  take_half(job.file, flags.half);
  if (job.file.note && (job.file.note->tile.count > 1 || job.file.note->part.count > 1)) {
    throw Error(ErrorCode::BadFormat,
                "the picture is one of several files that hold a sound together; decode it as a file, with the others "
                "beside it");
  }
  DecodeSettings settings;
  settings.flags = flags;
  settings.normalize = normalize;
  Decoder(settings).compute(worker, job);
  return {std::move(job.audio), std::move(job.converted.messages), job.converted.convergence};
}

}  // namespace spectrohue::batch
