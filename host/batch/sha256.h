// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <span>
#include <string>

namespace spectrohue::batch {

/// SHA-256 (FIPS 180-4) of what the files hold, one after the other, as 64 lower-case hexadecimal digits. Throws
/// Error(Read).
std::string sha256_of(std::span<const std::filesystem::path> files);

}  // namespace spectrohue::batch
