// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "audio/reader.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "audio/file_io.h"
#include "audio/sndfile_handle.h"
#include "spectrohue/error.h"

namespace spectrohue::audio {

namespace {

/// More samples a byte than most codecs reach. Memory for what a header promises beyond that is only taken once the
/// samples are there.
constexpr std::int64_t kPlausibleSamplesPerByte = 16;

/// Tags behind the sound may go unread; a cut that short would be less than a second.
constexpr std::int64_t kMpegUnreadBytes = 8192;

/// What a file that is no sound seems to be, from its first bytes.
struct Signature {
  std::size_t offset;
  std::string_view bytes;
  const char* name;
  bool sound;  ///< it is one, but not one that libsndfile reads
};
using namespace std::string_view_literals;
constexpr auto kSignatures = std::to_array<Signature>({
    {0, "\x89PNG\r\n\x1A\n"sv, "a PNG picture", false},
    {0, "\xFF\xD8\xFF"sv, "a JPEG picture", false},
    {8, "WEBP"sv, "a WebP picture", false},
    {0, "II*\0"sv, "a TIFF picture", false},
    {0, "MM\0*"sv, "a TIFF picture", false},
    {0, "GIF8"sv, "a GIF picture", false},
    {0, "%PDF"sv, "a PDF document", false},
    {0, "PK\3\4"sv, "a ZIP archive", false},
    {4, "ftyp"sv, "an MP4 or M4A file (AAC, ALAC)", true},
    {0, "\x30\x26\xB2\x75"sv, "a Windows Media file (WMA)", true},
    {0, "\x1A\x45\xDF\xA3"sv, "a Matroska or WebM file", true},
    {0, "MAC "sv, "a Monkey's Audio file", true},
    {0, "wvpk"sv, "a WavPack file", true},
    {0, "\xFF\xF1"sv, "an AAC stream", true},
    {0, "\xFF\xF9"sv, "an AAC stream", true},
});

bool looks_like_text(std::string_view bytes) {
  return std::none_of(bytes.begin(), bytes.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f') || u == 0x7F;
  });
}

[[noreturn]] void refuse_unrecognised(Source& source) {
  std::array<char, 512> head{};
  source.seek(0, SEEK_SET);
  const std::string_view bytes(head.data(), static_cast<std::size_t>(source.read(head.data(), head.size())));
  if (bytes.empty()) throw Error(ErrorCode::BadFormat, "not a sound file: the file is empty");
  for (const Signature& s : kSignatures) {
    if (bytes.size() < s.offset + s.bytes.size() || bytes.substr(s.offset, s.bytes.size()) != s.bytes) continue;
    if (!s.sound) throw Error(ErrorCode::BadFormat, std::string("not a sound file: it looks like ") + s.name);
    throw Error(ErrorCode::Unsupported, std::string("it looks like ") + s.name +
                                            ", which libsndfile does not read; convert it to WAV or FLAC first");
  }
  if (looks_like_text(bytes)) throw Error(ErrorCode::BadFormat, "not a sound file: it looks like text");
  throw Error(ErrorCode::BadFormat, "not a sound file of a type that libsndfile knows");
}

void check_read(const Source& source) {
  if (source.error() != 0) {
    throw Error(ErrorCode::Read, "cannot read the file: " + system_reason(source.error()));
  }
}

/// Where libsndfile reads from.
struct Input {
  Source source;
  bool hide_end = false;  ///< there is no way to seek relative to the end
  /// Where libsndfile is to see other bytes than there are; -1: nowhere.
  std::int64_t patch_at = -1;
  std::array<char, 4> patch{};
  std::int64_t missing_bytes = 0;

  std::int64_t read(void* to, std::int64_t count) {
    const std::int64_t first = source.position();
    const std::int64_t got = source.read(to, count);
    for (std::int64_t i = 0; i < 4 && patch_at >= 0; ++i) {
      const std::int64_t at = patch_at + i - first;
      if (at >= 0 && at < got) static_cast<char*>(to)[at] = patch[static_cast<std::size_t>(i)];
    }
    return got;
  }
};

std::uint32_t little_endian(const char* bytes) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  return value;
}

/// What stands for the size of samples where it is not known when the header is written (pipes, recorders).
bool is_no_size(std::uint32_t size) { return size >= 0x7FFFF000; }

/// A recorder that lost power leaves a WAV file whose sizes say that there are no samples, and libsndfile believes
/// them. Where the file goes on behind an empty data chunk, and behind where its RIFF size says it ends, all of the
/// rest is taken for samples. Where there are fewer than the size says, it notes how many bytes are missing.
void look_at_wav(Input& input) {
  Source& source = input.source;
  std::array<char, 12> head{};
  const bool whole = source.read(head.data(), head.size()) == static_cast<std::int64_t>(head.size());
  const std::string_view bytes(head.data(), head.size());
  if (whole && bytes.substr(0, 4) == "RIFF" && bytes.substr(8) == "WAVE") {
    const std::int64_t riff_end = 8 + std::int64_t{little_endian(head.data() + 4)};
    std::int64_t at = 12;
    std::array<char, 8> chunk{};
    while (source.seek(at, SEEK_SET) == at && source.read(chunk.data(), chunk.size()) == 8) {
      const std::int64_t size = little_endian(chunk.data() + 4);
      const std::int64_t start = at + 8;
      if (std::string_view(chunk.data(), 4) == "data") {
        const std::int64_t rest = std::min<std::int64_t>(source.length() - start, 0xFFFFFFFF);
        if (!is_no_size(static_cast<std::uint32_t>(size))) input.missing_bytes = std::max<std::int64_t>(0, size - rest);
        if (size != 0 || riff_end > start || rest <= 0) break;
        input.patch_at = at + 4;
        for (int i = 0; i < 4; ++i) input.patch[static_cast<std::size_t>(i)] = static_cast<char>(rest >> (8 * i));
        break;
      }
      at = start + size + (size & 1);
    }
  }
  source.seek(0, SEEK_SET);
}

SF_VIRTUAL_IO read_callbacks() {
  SF_VIRTUAL_IO io{};
  io.get_filelen = [](void* p) -> sf_count_t { return static_cast<Input*>(p)->source.length(); };
  io.seek = [](sf_count_t offset, int whence, void* p) -> sf_count_t {
    auto* input = static_cast<Input*>(p);
    return whence == SEEK_END && input->hide_end ? -1 : input->source.seek(offset, whence);
  };
  io.read = [](void* to, sf_count_t count, void* p) -> sf_count_t { return static_cast<Input*>(p)->read(to, count); };
  io.write = [](const void*, sf_count_t, void*) -> sf_count_t { return 0; };
  io.tell = [](void* p) -> sf_count_t { return static_cast<Input*>(p)->source.position(); };
  return io;
}

SampleFormat sample_format(int format) {
  switch (format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_PCM_S8:
    case SF_FORMAT_PCM_U8: return SampleFormat::Pcm8;
    case SF_FORMAT_PCM_16:
    case SF_FORMAT_ALAC_16:
    case SF_FORMAT_DWVW_12:
    case SF_FORMAT_DWVW_16: return SampleFormat::Pcm16;
    case SF_FORMAT_PCM_24:
    case SF_FORMAT_ALAC_20:
    case SF_FORMAT_ALAC_24:
    case SF_FORMAT_DWVW_24: return SampleFormat::Pcm24;
    case SF_FORMAT_PCM_32:
    case SF_FORMAT_ALAC_32: return SampleFormat::Pcm32;
    case SF_FORMAT_FLOAT: return SampleFormat::Float32;
    case SF_FORMAT_DOUBLE: return SampleFormat::Float64;
    default: return SampleFormat::Lossy;
  }
}

std::string format_name(int format) {
  SF_FORMAT_INFO info{};
  info.format = format;
  const bool known = sf_command(nullptr, SFC_GET_FORMAT_INFO, &info, sizeof(info)) == 0 && info.name != nullptr;
  return known ? info.name : "unknown";
}

std::int64_t read_block(SNDFILE* file, float* to, std::int64_t n) { return sf_readf_float(file, to, n); }
std::int64_t read_block(SNDFILE* file, short* to, std::int64_t n) { return sf_readf_short(file, to, n); }

}  // namespace

/// A sound file that is open to be read: it has at least one channel and a rate.
class Reader::File {
 public:
  explicit File(const std::filesystem::path& path, bool hide_end = false) : input_{Source(path), hide_end} {
    look_at_wav(input_);
    // The type is found from the content alone: without a name libsndfile cannot take text for headerless ADPCM
    // because of its extension.
    SF_VIRTUAL_IO io = read_callbacks();
    {
      const std::lock_guard lock(open_mutex);
      file_.reset(sf_open_virtual(&io, SFM_READ, &info_, &input_));
      if (file_ == nullptr) {
        failure_ = sf_error(nullptr);
        reason_ = sf_strerror(nullptr);
      }
    }
    check_read(input_.source);
    if (file_ == nullptr) refuse();
    if (info_.channels < 1) throw Error(ErrorCode::BadFormat, "the sound file has no channels");
    if (info_.samplerate < 1) {
      throw Error(ErrorCode::BadFormat,
                  "the sound file has no sample rate (its header says " + std::to_string(info_.samplerate) + " Hz)");
    }
  }

  /// True at the end of an MP3 that goes on behind where libsndfile stops.
  bool stops_early() const {
    const bool mpeg = (info_.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_MPEG;
    return mpeg && !input_.hide_end && source().position() + kMpegUnreadBytes < source().length();
  }
  SNDFILE* file() const { return file_.get(); }
  const SF_INFO& info() const { return info_; }
  const Source& source() const { return input_.source; }
  std::int64_t missing_bytes() const { return input_.missing_bytes; }

 private:
  [[noreturn]] void refuse() {
    if (failure_ == SF_ERR_UNRECOGNISED_FORMAT) refuse_unrecognised(input_.source);
    if (failure_ == SF_ERR_UNSUPPORTED_ENCODING) {
      throw Error(ErrorCode::Unsupported, "libsndfile does not know the way its samples are coded: " + reason_);
    }
    // libsndfile's way to say so is meant for the programmer: "SF_INFO struct incomplete".
    if (reason_.find("SF_INFO") != std::string::npos) reason_ = "its header gives no sample rate or no channels";
    throw Error(ErrorCode::BadFormat, "the sound file is damaged: " + reason_);
  }

  Input input_;
  SF_INFO info_{};
  FileHandle file_;
  int failure_ = 0;
  std::string reason_;
};

Reader::Reader(const std::filesystem::path& path) : path_(path), file_(std::make_unique<File>(path)) {
  const SF_INFO& info = file_->info();
  info_.sample_rate = info.samplerate;
  info_.channels = info.channels;
  info_.n_samples = std::clamp<std::int64_t>(info.frames, 0, PictureNote::kMaxSamples);
  info_.format = sample_format(info.format);
  info_.missing_bytes = file_->missing_bytes();
  info_.description =
      format_name(info.format & SF_FORMAT_TYPEMASK) + ", " + format_name(info.format & SF_FORMAT_SUBMASK);
}

Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

std::int64_t Reader::plausible_samples() const {
  return std::min(info_.n_samples, file_->source().length() * kPlausibleSamplesPerByte / info_.channels);
}

template <class Sample>
std::int64_t Reader::read_on(Sample* to, std::int64_t n) {
  std::int64_t got = 0;
  const std::int64_t block = std::max<std::int64_t>(1, kBlockSamples / info_.channels);
  while (got < n) {
    const std::int64_t now = read_block(file_->file(), to + got * info_.channels, std::min(block, n - got));
    if (now <= 0) break;
    got += now;
  }
  check_read(file_->source());
  if (const int failure = sf_error(file_->file()); failure != SF_ERR_NO_ERROR) {
    throw Error(ErrorCode::BadFormat, "the sound file is damaged after " + std::to_string(n_read_ + got) +
                                          " samples: " + sf_strerror(file_->file()));
  }
  n_read_ += got;
  return got;
}

std::int64_t Reader::read(float* to, std::int64_t n) {
  const std::int64_t got = read_on(to, n);
  if (got == n || !file_->stops_early()) return got;
  // Without a Xing header libmpg123 guesses the length of an MP3 from its first frames and the size of the file, and
  // libsndfile stops where the guess does. Where the end cannot be sought there is no guess.
  file_ = std::make_unique<File>(path_, true);
  std::vector<float> again(static_cast<std::size_t>(kBlockSamples * info_.channels));
  for (std::int64_t left = std::exchange(n_read_, 0); left > 0;) {
    const std::int64_t now = read_on(again.data(), std::min(left, kBlockSamples));
    if (now == 0) break;
    left -= now;
  }
  return got + read_on(to + got * info_.channels, n - got);
}

std::int64_t Reader::read(std::int16_t* to, std::int64_t n) { return read_on(to, n); }

// -------------------------------------------------------------------------------------------- stretch

void Stretch::restart(const FileInfo& info) {
  is_short_ = info.format == SampleFormat::Pcm16;
  channels_ = info.channels;
  stride_ = first_ = count_ = 0;
}

bool Stretch::slide(Reader& reader, std::int64_t first, std::int64_t end) {
  return is_short_ ? slide(reader, shorts_, first, end) : slide(reader, floats_, first, end);
}

template <class Sample>
bool Stretch::slide(Reader& reader, Buffer<Sample>& planes, std::int64_t first, std::int64_t end) {
  const std::int64_t gone = std::clamp<std::int64_t>(first - first_, 0, count_);
  for (int c = 0; c < channels_ && gone > 0; ++c) {
    Sample* plane = planes.data() + c * stride_;
    std::copy(plane + gone, plane + count_, plane);
  }
  first_ += gone;
  count_ -= gone;

  const std::int64_t block_frames = std::max<std::int64_t>(1, kBlockSamples / channels_);
  std::vector<Sample> block(static_cast<std::size_t>(channels_ > 1 ? block_frames * channels_ : 0));
  const std::int64_t plausible = std::max(reader.plausible_samples() - first_, count_ + block_frames);
  make_room(planes, std::min(end - first_, plausible));
  while (this->end() < end) {
    const std::int64_t wanted = std::min(block_frames, end - this->end());
    if (count_ + wanted > stride_) make_room(planes, std::min(end - first_, std::max(count_ + wanted, 2 * stride_)));
    Sample* to = planes.data() + count_;
    const std::int64_t got = reader.read(channels_ > 1 ? block.data() : to, wanted);
    for (int c = 0; c < channels_ && channels_ > 1; ++c) {
      for (std::int64_t i = 0; i < got; ++i) to[c * stride_ + i] = block[static_cast<std::size_t>(i * channels_ + c)];
    }
    count_ += got;
    if (got < wanted) return false;
  }
  return true;
}

void Stretch::clip(float most) {
  for (int c = 0; c < channels_ && !is_short_; ++c) {
    float* const plane = floats_.data() + c * stride_;
    for (std::int64_t i = 0; i < count_; ++i) plane[i] = std::clamp(plane[i], -1.0F, most);
  }
}

/// Room for `wanted` samples of each channel, if there is less.
template <class Sample>
void Stretch::make_room(Buffer<Sample>& planes, std::int64_t wanted) {
  if (wanted <= stride_) return;
  if (count_ == 0) {
    planes.resize(static_cast<std::size_t>(channels_ * wanted));
  } else {
    Buffer<Sample> larger(static_cast<std::size_t>(channels_ * wanted));
    for (int c = 0; c < channels_; ++c) std::copy_n(planes.data() + c * stride_, count_, larger.data() + c * wanted);
    planes.swap(larger);
  }
  stride_ = wanted;
}

std::int64_t Stretch::size_bytes() const {
  return channels_ * count_ * static_cast<std::int64_t>(is_short_ ? sizeof(std::int16_t) : sizeof(float));
}

Signal Stretch::signal(int c, std::int64_t n_samples) const {
  const auto part = [&](const auto* planes) {
    return Signal(std::span(planes + c * stride_, static_cast<std::size_t>(count_))).part_of(first_, n_samples);
  };
  return is_short_ ? part(shorts_.data()) : part(floats_.data());
}

}  // namespace spectrohue::audio
