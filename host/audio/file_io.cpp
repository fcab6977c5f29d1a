// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "audio/file_io.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

#include "spectrohue/error.h"

namespace spectrohue::audio {

namespace {

constexpr std::int64_t kBufferBytes = 256 << 10;
/// Worth a thread to write it.
constexpr std::int64_t kBehindBytes = 1 << 20;

int open_to_read(const std::filesystem::path& path) {
  // Without O_NONBLOCK, opening a named pipe waits for a writer that may never come.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) throw Error(ErrorCode::Read, "cannot open the file: " + system_reason(errno));
  return fd;
}

int open_to_write(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) {
    const int reason = errno;
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    throw Error(ErrorCode::Write, "cannot create a file in '" + folder.string() + "': " + system_reason(reason));
  }
  return fd;
}

/// The place that a seek leads to; -1 before the start.
std::int64_t target(std::int64_t offset, int whence, std::int64_t position, std::int64_t length) {
  const std::int64_t base = whence == SEEK_CUR ? position : whence == SEEK_END ? length : 0;
  std::int64_t sum = 0;
  if (__builtin_add_overflow(base, offset, &sum) || sum < 0) return -1;
  return sum;
}

}  // namespace

std::string system_reason(int error) { return std::generic_category().message(error); }

int Descriptor::close() {
  const int fd = std::exchange(fd_, -1);
  return fd >= 0 && ::close(fd) != 0 ? errno : 0;
}

Source::Source(const std::filesystem::path& path)
    : file_(open_to_read(path)), buffer_(std::make_unique_for_overwrite<char[]>(kBufferBytes)) {
  struct stat status {};
  if (fstat(file_.get(), &status) != 0) throw Error(ErrorCode::Read, "cannot open the file: " + system_reason(errno));
  if (S_ISDIR(status.st_mode)) throw Error(ErrorCode::Read, "it is a folder, not a file");
  if (!S_ISREG(status.st_mode)) throw Error(ErrorCode::Read, "it is a device or a pipe, not a regular file");
  length_ = status.st_size;
}

std::int64_t Source::seek(std::int64_t offset, int whence) {
  const std::int64_t to = target(offset, whence, position_, length_);
  if (to >= 0) position_ = to;
  return to;
}

std::int64_t Source::read_at(void* to, std::int64_t count, std::int64_t offset) {
  std::int64_t done = 0;
  while (done < count) {
    const ssize_t got = pread(file_.get(), static_cast<char*>(to) + done, count - done, offset + done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && error_ == 0) error_ = errno;
    if (got <= 0) break;
    done += got;
  }
  return done;
}

std::int64_t Source::read(void* to, std::int64_t count) {
  std::int64_t done = 0;
  while (done < count) {
    const std::int64_t skip = position_ - buffer_start_;
    if (skip >= 0 && skip < buffer_size_) {
      const std::int64_t n = std::min(count - done, buffer_size_ - skip);
      std::memcpy(static_cast<char*>(to) + done, buffer_.get() + skip, n);
      done += n;
      position_ += n;
      continue;
    }
    if (count - done >= kBufferBytes) {
      const std::int64_t n = read_at(static_cast<char*>(to) + done, count - done, position_);
      position_ += n;
      done += n;
      break;
    }
    buffer_start_ = position_;
    buffer_size_ = read_at(buffer_.get(), kBufferBytes, position_);
    if (buffer_size_ == 0) break;
  }
  return done;
}

Sink::Sink(const std::filesystem::path& path, int threads)
    : file_(open_to_write(path)),
      capacity_(threads > 1 ? kBehindBytes : kBufferBytes),
      buffer_(std::make_unique_for_overwrite<char[]>(static_cast<std::size_t>(capacity_))) {
  if (threads > 1) behind_ = std::make_unique_for_overwrite<char[]>(static_cast<std::size_t>(capacity_));
}

std::int64_t Sink::seek(std::int64_t offset, int whence) {
  const std::int64_t to = target(offset, whence, position_, length_);
  if (to >= 0) position_ = to;
  return to;
}

/// Returns 0 or the error number.
int Sink::write_at(const char* from, std::int64_t count, std::int64_t offset) const {
  while (count > 0) {
    const ssize_t put = pwrite(file_.get(), from, count, offset);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return put < 0 ? errno : ENOSPC;
    from += put;
    count -= put;
    offset += put;
  }
  return 0;
}

void Sink::note(int error) {
  if (error_ == 0) error_ = error;
}

void Sink::flush() {
  if (writing_.valid()) note(writing_.get());
  if (error_ == 0 && behind_ != nullptr && buffer_size_ == capacity_) {
    std::swap(buffer_, behind_);
    writing_ = std::async(std::launch::async,
                          [this, n = buffer_size_, at = buffer_start_] { return write_at(behind_.get(), n, at); });
  } else if (error_ == 0) {
    note(write_at(buffer_.get(), buffer_size_, buffer_start_));
  }
  buffer_size_ = 0;
}

std::int64_t Sink::write(const void* from, std::int64_t count) {
  if (count == 0) return 0;
  if (position_ != buffer_start_ + buffer_size_) flush();
  const char* rest = static_cast<const char*>(from);
  for (std::int64_t left = count; left > 0;) {
    if (buffer_size_ == capacity_) flush();
    if (buffer_size_ == 0) buffer_start_ = position_ + (count - left);
    const std::int64_t n = std::min(left, capacity_ - buffer_size_);
    std::memcpy(buffer_.get() + buffer_size_, rest, static_cast<std::size_t>(n));
    buffer_size_ += n;
    rest += n;
    left -= n;
  }
  if (error_ != 0) return 0;
  position_ += count;
  length_ = std::max(length_, position_);
  return count;
}

int Sink::close() {
  flush();
  if (writing_.valid()) note(writing_.get());
  note(file_.close());
  return error_;
}

}  // namespace spectrohue::audio
