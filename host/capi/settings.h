// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "batch/decode.h"
#include "batch/encode.h"
#include "batch/encode_flags.h"
#include "batch/retrieval_flags.h"
#include "spectrohue/spectrohue.h"

struct spectrohue_settings {  // NOLINT(readability-identifier-naming): named in C
  explicit spectrohue_settings(spectrohue_direction of) : direction(of) {}

  spectrohue_direction direction;
  std::set<std::string, std::less<>> keys;  ///< that were set

  spectrohue::batch::EncodeFlags encode;  ///< its `given` is of decoding too
  spectrohue::batch::RetrievalFlags retrieval;
  bool normalize = false;
  std::optional<spectrohue::SampleFormat> subtype;

  // Of files.
  spectrohue::image::Compression compression = spectrohue::image::Compression::Fast;
  spectrohue::batch::PictureOutput output;
  spectrohue::TileSettings tiles;
  spectrohue::batch::MissingTiles missing_tiles = spectrohue::batch::MissingTiles::Error;
  bool force = false;
  bool verify = false;
  bool overwrite = false;

  bool has(std::string_view key) const { return keys.find(key) != keys.end(); }
};

namespace spectrohue::capi {

/// The settings, or, if there are none, those of a direction without any. Throws Error(Usage) if they are of another.
const spectrohue_settings& settings_or_default(const spectrohue_settings* settings, spectrohue_direction direction);

/// Throws Error(Usage) that names a key that is about files.
void refuse_file_keys(const spectrohue_settings& settings);
/// Throws Error(Usage) that names a key that is none of these.
void refuse_other_keys(const spectrohue_settings& settings, std::initializer_list<std::string_view> legal);

/// What decoding goes by. Throws Error(Usage).
batch::DecodeSettings decode_settings(const spectrohue_settings& settings);

}  // namespace spectrohue::capi
