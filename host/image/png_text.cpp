// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/png_text.h"

#include <libdeflate.h>

#include <memory>
#include <new>

#include "image/png_format.h"

namespace spectrohue::image::png {

namespace {

/// Takes n bytes off the front of `text`; false if there are fewer.
bool skip(std::string_view& text, std::size_t n) {
  if (text.size() < n) return false;
  text.remove_prefix(n);
  return true;
}

/// The same up to and with the next zero byte.
bool skip_string(std::string_view& text) {
  const std::size_t end = text.find('\0');
  return end != std::string_view::npos && skip(text, end + 1);
}

std::string inflated(std::string_view packed, std::size_t most) {
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> inflater(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  if (inflater == nullptr) throw std::bad_alloc();
  std::string text(most + 1, '\0');
  std::size_t n = 0;
  const libdeflate_result result =
      libdeflate_zlib_decompress(inflater.get(), packed.data(), packed.size(), text.data(), text.size(), &n);
  if (result == LIBDEFLATE_INSUFFICIENT_SPACE) return text;
  text.resize(result == LIBDEFLATE_SUCCESS ? n : 0);
  return text;
}

}  // namespace

std::optional<std::string> text_in_chunk(std::string_view keyword, std::string_view type,
                                         std::span<const std::uint8_t> data, std::size_t most) {
  const bool is_international = type == "iTXt";
  if (!is_international && type != "zTXt" && type != "tEXt") return std::nullopt;
  std::string_view rest(reinterpret_cast<const char*>(data.data()), data.size());
  if (!rest.starts_with(keyword) || rest.size() == keyword.size() || rest[keyword.size()] != '\0') return std::nullopt;
  rest.remove_prefix(keyword.size() + 1);

  const bool is_packed = type == "zTXt" || (is_international && rest.starts_with('\1'));
  const bool is_whole =
      is_international ? skip(rest, 2) && skip_string(rest) && skip_string(rest) : type == "tEXt" || skip(rest, 1);
  if (!is_whole) return "";
  return is_packed ? inflated(rest, most) : std::string(rest.substr(0, most + 1));
}

std::optional<std::string> note_in_chunk(std::string_view type, std::span<const std::uint8_t> data, std::size_t most) {
  return text_in_chunk(kNoteKeyword, type, data, most);
}

}  // namespace spectrohue::image::png
