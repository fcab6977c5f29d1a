// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Files as libsndfile's virtual I/O sees them. Going through our own reads and writes keeps the system's reason for a
// failure (libsndfile loses those that happen while it closes) and joins its 8 KiB requests into large ones.
#pragma once

#include <cstdint>
#include <filesystem>
#include <future>
#include <memory>
#include <string>

namespace spectrohue::audio {

/// "No space left on device" and the like; safe to call from any thread.
std::string system_reason(int error);

/// Owns a file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  int get() const { return fd_; }
  /// Returns 0 or the error number: some file systems report a full disk only here.
  int close();

 private:
  int fd_;
};

/// A file to read. Throws Error(Read) if it is not there, not permitted, or not a regular file.
class Source {
 public:
  explicit Source(const std::filesystem::path& path);

  std::int64_t length() const { return length_; }
  std::int64_t position() const { return position_; }
  std::int64_t seek(std::int64_t offset, int whence);  ///< returns the new position, -1 if there is no such place
  std::int64_t read(void* to, std::int64_t count);     ///< returns the bytes read, fewer only at the end or on failure
  int error() const { return error_; }                 ///< number of the first failure, 0 if there was none

 private:
  std::int64_t read_at(void* to, std::int64_t count, std::int64_t offset);

  Descriptor file_;
  std::int64_t length_ = 0;
  std::int64_t position_ = 0;
  std::unique_ptr<char[]> buffer_;
  std::int64_t buffer_start_ = 0;
  std::int64_t buffer_size_ = 0;
  int error_ = 0;
};

/// A file to write, created or emptied. Throws Error(Write) if it cannot be opened. After a failure everything else
/// is swallowed and the first error number is kept.
class Sink {
 public:
  /// threads > 1: long files are written by a second thread, while the next bytes are made.
  explicit Sink(const std::filesystem::path& path, int threads = 1);

  std::int64_t length() const { return length_; }
  std::int64_t position() const { return position_; }
  std::int64_t seek(std::int64_t offset, int whence);
  std::int64_t write(const void* from, std::int64_t count);  ///< count, or 0 on failure
  /// Writes what is still buffered and closes. Returns the number of the first failure, 0 if there was none.
  int close();
  int error() const { return error_; }

 private:
  void flush();
  void note(int error);
  int write_at(const char* from, std::int64_t count, std::int64_t offset) const;

  Descriptor file_;
  std::int64_t length_ = 0;
  std::int64_t position_ = 0;
  std::int64_t capacity_;
  std::unique_ptr<char[]> buffer_;
  std::unique_ptr<char[]> behind_;  // what the second thread writes, if there is one
  std::int64_t buffer_start_ = 0;
  std::int64_t buffer_size_ = 0;
  int error_ = 0;
  std::future<int> writing_;  // last: waited for before what it uses goes
};

}  // namespace spectrohue::audio
