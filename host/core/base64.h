// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace spectrohue {

/// RFC 4648, section 4: with padding, without line breaks.
std::string base64(std::span<const std::uint8_t> bytes);

/// "data:image/png;base64,...": a file inside a page.
std::string data_uri(std::string_view media_type, std::span<const std::uint8_t> bytes);

}  // namespace spectrohue
