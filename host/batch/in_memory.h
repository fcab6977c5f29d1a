// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What Encoder and Decoder do with files, with sounds and pictures that are in memory.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "batch/conversion.h"
#include "batch/parameters.h"
#include "image/picture_file.h"

namespace spectrohue::batch {

/// The picture that Encoder writes of a sound, with its note; whole, whatever its length. Throws Error as to_picture()
/// and batch::validate() do, and Error(BadFormat) if the sound has not got the channels that are chosen.
image::PictureFile encode_in_memory(Worker& worker, const Sound& sound, const EncodeSettings& settings);

struct DecodedSound {
  Audio audio;
  std::vector<std::string> messages;       ///< for the user
  std::optional<Convergence> convergence;  ///< where phases were found
};

/// The sound that Decoder writes of a picture. normalize: to full scale, also where the level is known. Throws Error as
/// Decoder does, and Error(BadFormat) if the picture is one of several that belong together.
DecodedSound decode_in_memory(Worker& worker, image::PictureFile picture, const ParameterFlags& flags, bool normalize);

}  // namespace spectrohue::batch
