// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// One named file to another: what is checked before anything is read.
#pragma once

#include <filesystem>

#include "audio/writer.h"
#include "batch/encode.h"
#include "batch/plan.h"
#include "image/format.h"

namespace spectrohue::files {

/// What is written at a path, by its extension. Throws Error(Usage) that lists the extensions.
image::Format picture_format(const std::filesystem::path& picture);
audio::Container sound_container(const std::filesystem::path& sound);

/// Throws Error(Usage) if pictures of such an encoding would lose their phases in such a file.
void refuse_loss_of_phase(image::Format format, Encoding encoding);

/// How a sound becomes a picture that is named `names` if it is several files. Throws Error(Usage) if the output is the
/// input, or a folder, or, unless `overwrites`, exists.
batch::Task encode_task(const std::filesystem::path& sound, const std::filesystem::path& picture,
                        batch::PieceNames names, bool overwrites);
/// The reverse, with all pictures that belong to the one that is named. Throws the same.
batch::Task decode_task(const std::filesystem::path& picture, const std::filesystem::path& sound, bool overwrites);

}  // namespace spectrohue::files
