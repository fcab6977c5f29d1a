// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// NPY files, numpy's format for one array (numpy.lib.format): versions 1.0 to 3.0 are read, 1.0 is written.
// docs/format.md says which array a picture is; its first row is the lowest bin, a picture's the highest.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "image/file_io.h"
#include "spectrohue/types.h"

namespace spectrohue::image::npy {

inline constexpr std::string_view kSignature{"\x93NUMPY", 6};

/// Reads the next n bytes of an array's file. Throws Error(BadFormat) if there are fewer.
using Source = std::function<void(std::uint8_t* to, std::size_t n)>;

/// An array as its file describes it.
struct Header {
  char kind = 'u';     ///< 'u' whole numbers, 'f' floats, 'c' complex
  int item_bytes = 1;  ///< u: 1, 2; f: 4, 8; c: 8, 16
  bool is_swapped = false;
  bool is_fortran = false;  ///< the first index runs fastest
  std::vector<std::int64_t> shape;
  std::int64_t header_bytes = 0;  ///< before the first item
};

/// Takes the header from the front of a file. Throws Error(BadFormat), Error(Unsupported) for items of another type.
Header read_header(const Source& source);

/// What a picture makes of an array: n_planes channels of a sound (or what is stacked like them), one on another.
struct Geometry {
  std::int64_t n_planes = 1;
  std::int64_t n_rows = 0;  ///< of a plane
  std::int64_t width = 0;
  PixelLayout layout;
  std::int64_t source_bytes = 0;  ///< of all items
  bool operator==(const Geometry&) const = default;
};

/// Shapes: (n_rows, n_frames), (channels, n_rows, n_frames), and whole numbers (channels, n_rows, n_frames, 3).
/// is_plane: (n_rows, n_frames, 3) too. Throws Error(BadFormat) if there are no items, more dimensions, or more than
/// `most` bytes.
Geometry geometry_of(const Header& header, bool is_plane, std::int64_t most);

/// Reads the items and puts them into rows [first_row, first_row + n_planes * n_rows) of a picture of that layout and
/// width. Doubles become floats.
void read_items(const Header& header, const Geometry& geometry, const Source& source, Picture& out,
                std::int64_t first_row);

/// The front of a file with such planes of the picture, in the machine's byte order. With one plane and is_plane it has
/// no dimension for it.
std::string make_header(const Picture& picture, std::int64_t n_planes, bool is_plane);

/// How many of a sound's channels, or what is stacked like them, lie one on another in a picture: 1 without a note.
/// Throws Error(BadFormat) if its height is no multiple of the note's rows.
std::int64_t count_planes(const Picture& picture, const PictureNote* note);

/// Writes the whole file. Lets through what the sink throws.
void write(const Picture& picture, std::int64_t n_planes, const Sink& sink);

}  // namespace spectrohue::image::npy
