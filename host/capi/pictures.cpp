// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Pictures and sounds in memory, and picture files.
#include <fstream>
#include <limits>
#include <string>
#include <system_error>
#include <vector>

#include "batch/in_memory.h"
#include "batch/output_file.h"
#include "capi/context.h"
#include "capi/settings.h"
#include "capi/status.h"
#include "capi/views.h"
#include "files/file_task.h"
#include "image/note.h"
#include "image/picture_file.h"
#include "image/sidecar.h"

namespace fs = std::filesystem;
namespace capi = spectrohue::capi;
using spectrohue::Error;
using spectrohue::ErrorCode;

struct spectrohue_picture {  // NOLINT(readability-identifier-naming): named in C
  explicit spectrohue_picture(spectrohue::image::PictureFile&& file) : picture(std::move(file.picture)) {
    if (file.note) note = spectrohue::image::to_json(*file.note);
  }
  spectrohue::Picture picture;
  std::optional<std::string> note;
};

struct spectrohue_sound {  // NOLINT(readability-identifier-naming): named in C
  spectrohue::batch::DecodedSound decoded;
  std::string subtype;
};

namespace {

void refuse_existing(const fs::path& path, bool overwrite) {
  std::error_code error;
  if (fs::is_directory(path, error)) throw Error(ErrorCode::Usage, "'" + path.string() + "' is a folder");
  if (overwrite || !fs::exists(path, error)) return;
  throw Error(ErrorCode::Usage, "'" + path.string() + "' exists already; --overwrite replaces it");
}

/// The note in a file beside its picture, where it is wanted.
std::unique_ptr<spectrohue::batch::OutputFile> write_sidecar(const fs::path& path, const spectrohue::PictureNote& note,
                                                             bool overwrite) {
  const spectrohue::image::Sidecar sidecar = spectrohue::image::make_sidecar(path, note);
  refuse_existing(sidecar.path, overwrite);
  auto output = std::make_unique<spectrohue::batch::OutputFile>(sidecar.path);
  std::ofstream file(output->temporary(), std::ios::binary);
  file << sidecar.text;
  file.close();
  if (!file) throw Error(ErrorCode::Write, "cannot write '" + sidecar.path.string() + "'");
  return output;
}

void save(const fs::path& path, const spectrohue::Picture& picture, const spectrohue::PictureNote* note,
          const spectrohue_settings& settings) {
  namespace image = spectrohue::image;
  const image::Format format = spectrohue::files::picture_format(path);
  if (note != nullptr && !settings.force) {
    spectrohue::files::refuse_loss_of_phase(format, note->pixels.encoding);
  }
  const bool is_array = format == image::Format::Npy || format == image::Format::Npz;
  if (is_array && note != nullptr && note->arrangement != spectrohue::Arrangement{}) {
    throw Error(ErrorCode::Usage, "arrays have one arrangement: no --invert, --flip, --transpose and --resize");
  }
  image::check_fits(format, picture.layout, picture.width, picture.height);
  refuse_existing(path, settings.overwrite);
  spectrohue::batch::OutputFile output(path);
  image::Workspace workspace;
  image::write_picture(output.temporary(), format, picture, note, {settings.compression, 1, settings.output.quality},
                       workspace);
  if (note != nullptr && (settings.output.has_sidecar || !image::holds_note(format))) {
    write_sidecar(path, *note, settings.overwrite)->commit();
  }
  output.commit();
}

}  // namespace

void spectrohue_picture_free(spectrohue_picture* picture) { delete picture; }

spectrohue_status spectrohue_picture_pixels(const spectrohue_picture* picture, spectrohue_pixels* pixels) {
  return capi::guarded([&] {
    capi::require(picture, "picture");
    capi::require_structure(pixels, "pixels");
    const spectrohue::Picture& p = picture->picture;
    pixels->data = p.pixels.data();
    pixels->width = p.width;
    pixels->height = p.height;
    pixels->row_bytes = p.row_bytes();
    pixels->channels = p.layout.channels;
    pixels->bits = p.layout.bits;
    pixels->palette = p.palette.empty() ? nullptr : p.palette.front().data();
    pixels->n_colours = static_cast<std::int32_t>(p.palette.size());
  });
}

const char* spectrohue_picture_note(const spectrohue_picture* picture) {
  return picture != nullptr && picture->note ? picture->note->c_str() : nullptr;
}

spectrohue_status spectrohue_encode(spectrohue_context* context, const spectrohue_samples* samples,
                                    const spectrohue_settings* settings, spectrohue_picture** picture) {
  return capi::guarded([&] {
    capi::require(context, "context");
    capi::require(picture, "picture");
    const spectrohue_settings& given = capi::settings_or_default(settings, SPECTROHUE_ENCODE);
    capi::refuse_file_keys(given);
    const capi::SoundView view(samples, given.subtype);
    const auto encode = spectrohue::batch::encode_settings(given.encode, view.sound().sample_rate);
    const std::lock_guard lock(context->mutex);
    *picture = new spectrohue_picture(spectrohue::batch::encode_in_memory(context->worker, view.sound(), encode));
  });
}

spectrohue_status spectrohue_load(const char* path, spectrohue_picture** picture) {
  return capi::guarded([&] {
    capi::require(path, "path");
    capi::require(picture, "picture");
    spectrohue::image::PictureFile file;
    try {
      spectrohue::image::read(path, file);
    } catch (const Error& error) {
      throw Error(error.code(), std::string(path) + ": " + error.what());
    }
    *picture = new spectrohue_picture(std::move(file));
  });
}

spectrohue_status spectrohue_save(const char* path, const spectrohue_pixels* pixels, const char* note,
                                  const spectrohue_settings* settings) {
  return capi::guarded([&] {
    capi::require(path, "path");
    const spectrohue_settings& given = capi::settings_or_default(settings, SPECTROHUE_ENCODE);
    capi::refuse_other_keys(given, {"compression", "picture_quality", "force", "sidecar", "overwrite"});
    const spectrohue::Picture picture = capi::picture_of(pixels);
    const std::optional<spectrohue::PictureNote> parsed = capi::note_of(note);
    save(path, picture, parsed ? &*parsed : nullptr, given);
  });
}

void spectrohue_sound_free(spectrohue_sound* sound) { delete sound; }

spectrohue_status spectrohue_sound_samples(const spectrohue_sound* sound, spectrohue_samples* samples) {
  return capi::guarded([&] {
    capi::require(sound, "sound");
    capi::require_structure(samples, "samples");
    const spectrohue::Audio& audio = sound->decoded.audio;
    samples->data = audio.samples.data();
    samples->type = SPECTROHUE_FLOAT32;
    samples->channels = audio.channels;
    samples->n_samples = audio.n_samples;
    samples->sample_rate = audio.sample_rate;
    samples->channel_stride = audio.n_samples;
    samples->sample_stride = 1;
  });
}

const char* spectrohue_sound_subtype(const spectrohue_sound* sound) {
  return sound == nullptr ? nullptr : sound->subtype.c_str();
}

double spectrohue_sound_convergence_db(const spectrohue_sound* sound) {
  if (sound == nullptr || !sound->decoded.convergence) return std::numeric_limits<double>::quiet_NaN();
  return sound->decoded.convergence->db;
}

const char* spectrohue_sound_message(const spectrohue_sound* sound, size_t index) {
  if (sound == nullptr || index >= sound->decoded.messages.size()) return nullptr;
  return sound->decoded.messages[index].c_str();
}

spectrohue_status spectrohue_decode(spectrohue_context* context, const spectrohue_pixels* pixels, const char* note,
                                    const spectrohue_settings* settings, spectrohue_sound** sound) {
  return capi::guarded([&] {
    capi::require(context, "context");
    capi::require(sound, "sound");
    const spectrohue_settings& given = capi::settings_or_default(settings, SPECTROHUE_DECODE);
    capi::refuse_file_keys(given);
    const spectrohue::batch::DecodeSettings decode = capi::decode_settings(given);
    spectrohue::image::PictureFile file;
    file.picture = capi::picture_of(pixels);
    file.note = capi::note_of(note);
    const std::lock_guard lock(context->mutex);
    auto decoded =
        spectrohue::batch::decode_in_memory(context->worker, std::move(file), decode.flags, decode.normalize);
    const std::string subtype = to_string(decoded.audio.format);
    *sound = new spectrohue_sound{std::move(decoded), subtype};
  });
}
