// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Bytes of files, at any place of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace spectrohue::image {

/// Of errno.
std::string system_reason(int error);

/// Returns how many bytes it read, fewer only at the end of the file; -1 if the system fails, which errno explains.
std::int64_t read_fully(int fd, std::uint8_t* to, std::int64_t count, std::int64_t offset);

/// A regular file, read at any place of it. Does not own or move it.
class FileBytes {
 public:
  /// type: for messages, for example "TIFF". Throws Error(Read).
  FileBytes(int fd, std::string type);
  std::int64_t size() const { return size_; }
  bool holds(std::int64_t offset, std::int64_t n) const { return offset >= 0 && n <= size_ && offset <= size_ - n; }
  /// Throws Error(Read) if the system fails; Error(BadFormat) if the file ends early, `where`.
  void read(std::int64_t offset, std::size_t n, std::uint8_t* to, const char* where) const;

 private:
  int fd_;
  std::string type_;
  std::int64_t size_ = 0;
};

/// Takes the pieces of a file, in order.
using Pieces = std::span<const std::span<const std::uint8_t>>;
using Sink = std::function<void(Pieces)>;

/// What a sink does: write to a file at its place. Throws Error(Write) with the system's reason.
void write_to(int fd, Pieces pieces);

}  // namespace spectrohue::image
