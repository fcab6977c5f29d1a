// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Text chunks of PNG files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace spectrohue::image::png {

/// The text in a chunk, given its type and data; nothing if it is no text chunk with this keyword. The rest as below.
std::optional<std::string> text_in_chunk(std::string_view keyword, std::string_view type,
                                         std::span<const std::uint8_t> data, std::size_t most);

/// The note in a chunk, given its type and data; nothing if it is no text chunk with the note's keyword. Takes tEXt,
/// zTXt and iTXt. Of a note longer than `most` bytes it gives most + 1 bytes, whatever they are, and takes no memory
/// for more; of one that cannot be inflated, an empty text.
std::optional<std::string> note_in_chunk(std::string_view type, std::span<const std::uint8_t> data, std::size_t most);

}  // namespace spectrohue::image::png
