// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

namespace spectrohue::serve {

enum class FileKind { Sound, Picture };

/// What a file is: by its extension, or where that says nothing by its content. Throws Error if it is neither.
FileKind kind_of(const std::filesystem::path& path);

/// What the page says of a file, from its header. Throws Error as audio::inspect() and image::inspect() do.
/// Sounds: sample_rate, channels, seconds, description. Pictures: width, height, description, has_note; with a note
/// also encoding, has_phases, sample_rate, channels, seconds.
nlohmann::ordered_json facts_of(const std::filesystem::path& path, FileKind kind);

/// A PNG of a picture file for a page, at most 1600 x 800 pixels: its own pixels, or means of them. Throws Error:
/// Unsupported for pixels that are floats, or too many of them.
std::vector<std::uint8_t> preview_of(const std::filesystem::path& path);

}  // namespace spectrohue::serve
