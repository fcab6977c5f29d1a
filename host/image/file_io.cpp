// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/file_io.h"

#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "spectrohue/error.h"

namespace spectrohue::image {

std::string system_reason(int error) { return std::generic_category().message(error); }

std::int64_t read_fully(int fd, std::uint8_t* to, std::int64_t count, std::int64_t offset) {
  std::int64_t done = 0;
  while (done < count) {
    const ssize_t n = ::pread(fd, to + done, static_cast<std::size_t>(count - done), offset + done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -1;
    if (n == 0) break;
    done += n;
  }
  return done;
}

FileBytes::FileBytes(int fd, std::string type) : fd_(fd), type_(std::move(type)) {
  struct stat status {};
  if (fstat(fd, &status) != 0) throw Error(ErrorCode::Read, "cannot read the file: " + system_reason(errno));
  size_ = status.st_size;
}

void FileBytes::read(std::int64_t offset, std::size_t n, std::uint8_t* to, const char* where) const {
  const auto count = static_cast<std::int64_t>(n);
  const std::int64_t done = holds(offset, count) ? read_fully(fd_, to, count, offset) : 0;
  if (done < 0) throw Error(ErrorCode::Read, "cannot read the file: " + system_reason(errno));
  if (done != count) throw Error(ErrorCode::BadFormat, "truncated " + type_ + ": the file ends early, " + where);
}

void write_to(int fd, Pieces pieces) {
  constexpr std::size_t kMost = 512;  // below IOV_MAX everywhere
  std::array<iovec, kMost> vectors;
  std::size_t done = 0;  // of the first of the pieces that are left
  while (!pieces.empty()) {
    std::size_t n = 0;
    for (; n < std::min(kMost, pieces.size()); ++n) {
      const std::span<const std::uint8_t> piece = pieces[n].subspan(n == 0 ? done : 0);
      vectors[n] = {const_cast<std::uint8_t*>(piece.data()), piece.size()};
    }
    const ssize_t written = ::writev(fd, vectors.data(), static_cast<int>(n));
    if (written < 0) {
      if (errno == EINTR) continue;
      throw Error(ErrorCode::Write, "cannot write the file: " + system_reason(errno));
    }
    done += static_cast<std::size_t>(written);
    while (!pieces.empty() && done >= pieces.front().size()) {
      done -= pieces.front().size();
      pieces = pieces.subspan(1);
    }
  }
}

}  // namespace spectrohue::image
