// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// NPZ files, numpy's ZIP archive of NPY files: one for each channel of the sound. libarchive stops here.
#pragma once

#include <string>
#include <vector>

#include "image/npy.h"
#include "image/write_options.h"
#include "spectrohue/types.h"

namespace spectrohue::image::npz {

/// The arrays of a file that become a picture.
struct Contents {
  struct Member {
    std::size_t index = 0;  ///< in the archive
    std::string name;
    npy::Header header;
    npy::Geometry geometry;
    std::int64_t first_row = 0;  ///< of the picture
  };
  std::vector<Member> members;  ///< from the top of the picture
  std::int64_t width = 0;
  std::int64_t height = 0;
  PixelLayout layout;
};

/// Reads what the archive says of its members ending in ".npy", whatever they are called: they come one on another in
/// the order of their names, ch2 before ch10. Throws Error(Read); Error(BadFormat) if there are none, if they are not
/// alike, or if the file is damaged; Error(Unsupported) as npy::read_header does. The place of fd is moved.
Contents read_contents(int fd);

/// Throws as read_contents, of the same file.
void read_pixels(int fd, const Contents& contents, Picture& out);

/// Writes members ch0.npy, ch1.npy ... without time stamps. With Compression::Fast they are stored as they are, which
/// programs can map into memory; other levels deflate. Throws Error(Write).
void write(int fd, const Picture& picture, std::int64_t n_planes, Compression compression);

}  // namespace spectrohue::image::npz
