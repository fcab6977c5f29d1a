// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "audio/writer.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "audio/file_io.h"
#include "audio/ogg_pages.h"
#include "audio/sndfile_handle.h"
#include "spectrohue/error.h"

namespace spectrohue::audio {

namespace {

/// About 256 kbit/s for 44.1 kHz stereo.
constexpr double kVorbisQuality = 0.8;

/// Above this RIFF's 32-bit sizes may not do; the kilobyte is for the header.
constexpr std::int64_t kMaxWavBytes = std::numeric_limits<std::uint32_t>::max() - 1024;

constexpr int kMaxFlacChannels = 8;
constexpr int kMaxFlacRate = 655350;
constexpr std::int64_t kMaxFlacSamples = (std::int64_t{1} << 36) - 1;
constexpr int kMaxVorbisChannels = 255;
constexpr int kMaxVorbisRate = 200000;

int subtype(const WriteSettings& settings) {
  if (settings.container == Container::Ogg) return SF_FORMAT_VORBIS;
  switch (settings.format) {
    case SampleFormat::Pcm8: return settings.container == Container::Wav ? SF_FORMAT_PCM_U8 : SF_FORMAT_PCM_S8;
    case SampleFormat::Pcm16: return SF_FORMAT_PCM_16;
    case SampleFormat::Pcm24: return SF_FORMAT_PCM_24;
    case SampleFormat::Pcm32: return SF_FORMAT_PCM_32;
    case SampleFormat::Float32: return SF_FORMAT_FLOAT;
    case SampleFormat::Float64: return SF_FORMAT_DOUBLE;
    case SampleFormat::Lossy: break;
  }
  throw Error(ErrorCode::Internal, "a sample format without a libsndfile subtype");
}

int major_type(const SoundShape& sound, const WriteSettings& settings) {
  if (settings.container == Container::Flac) return SF_FORMAT_FLAC;
  if (settings.container == Container::Ogg) return SF_FORMAT_OGG;
  if (sound.n_samples > kMaxWavBytes / (sound.channels * bytes_of(settings.format))) return SF_FORMAT_RF64;
  const bool deep = settings.format == SampleFormat::Pcm24 || settings.format == SampleFormat::Pcm32;
  return sound.channels > 2 || deep ? SF_FORMAT_WAVEX : SF_FORMAT_WAV;
}

std::string what_is_written(const SoundShape& sound, const WriteSettings& settings) {
  const std::string format = settings.container == Container::Ogg ? "" : " " + spectrohue::to_string(settings.format);
  return std::to_string(sound.channels) + (sound.channels == 1 ? " channel at " : " channels at ") +
         std::to_string(sound.sample_rate) + " Hz as " + to_string(settings.container) + format;
}

[[noreturn]] void refuse_to_write(const SoundShape& sound, const WriteSettings& settings, const std::string& why) {
  throw Error(ErrorCode::Unsupported, "cannot write " + what_is_written(sound, settings) + ": " + why);
}

void check_limits(const SoundShape& sound, const WriteSettings& settings) {
  if (settings.container != Container::Ogg && settings.format == SampleFormat::Lossy) {
    throw Error(ErrorCode::Usage,
                "'lossy' is no sample format to write; choose pcm8, pcm16, pcm24, pcm32, float or double");
  }
  if (sound.channels < 1) refuse_to_write(sound, settings, "there is no channel");
  if (sound.sample_rate < 1) refuse_to_write(sound, settings, "the sample rate must be at least 1 Hz");
  if (settings.container == Container::Flac) {
    if (sound.channels > kMaxFlacChannels) refuse_to_write(sound, settings, "FLAC holds at most 8 channels; use wav");
    if (sound.sample_rate > kMaxFlacRate || (sound.sample_rate > 65535 && sound.sample_rate % 10 != 0)) {
      refuse_to_write(sound, settings,
                      "FLAC holds at most 655350 Hz, and above 65535 Hz only multiples of 10; use wav");
    }
    if (sound.n_samples > kMaxFlacSamples) refuse_to_write(sound, settings, "FLAC holds at most 2^36 - 1 samples");
    if (settings_for(settings.container, settings.format).format != settings.format) {
      refuse_to_write(sound, settings, "FLAC holds pcm8, pcm16 and pcm24");
    }
  }
  if (settings.container == Container::Ogg) {
    if (sound.channels > kMaxVorbisChannels)
      refuse_to_write(sound, settings, "Vorbis holds at most 255 channels; use wav");
    if (sound.sample_rate > kMaxVorbisRate) refuse_to_write(sound, settings, "Vorbis holds at most 200000 Hz; use wav");
  }
}

/// Ogg wants streams to have different numbers; this one depends on nothing but the sound.
std::uint32_t serial_of(const SoundShape& sound) {
  std::uint32_t hash = 2166136261U;  // FNV-1a, word by word
  for (const std::int64_t word : {std::int64_t{sound.sample_rate}, std::int64_t{sound.channels}, sound.n_samples}) {
    hash = (hash ^ static_cast<std::uint32_t>(word)) * 16777619U;
  }
  return hash;
}

/// Where libsndfile writes to.
struct Output {
  Output(const std::filesystem::path& path, int threads) : sink(path, threads) {}

  Sink sink;
  std::optional<OggPages> pages;

  std::int64_t write(const void* from, std::int64_t count) {
    if (!pages) return sink.write(from, count);
    const std::vector<std::uint8_t>& complete = pages->add(from, count);
    sink.write(complete.data(), static_cast<std::int64_t>(complete.size()));
    return sink.error() == 0 ? count : 0;
  }
  int close() {
    if (pages) sink.write(pages->rest().data(), static_cast<std::int64_t>(pages->rest().size()));
    return sink.close();
  }
};

SF_VIRTUAL_IO write_callbacks() {
  SF_VIRTUAL_IO io{};
  io.get_filelen = [](void* p) -> sf_count_t { return static_cast<Output*>(p)->sink.length(); };
  io.seek = [](sf_count_t offset, int whence, void* p) -> sf_count_t {
    return static_cast<Output*>(p)->sink.seek(offset, whence);
  };
  io.read = [](void*, sf_count_t, void*) -> sf_count_t { return 0; };
  io.write = [](const void* from, sf_count_t count, void* p) -> sf_count_t {
    return static_cast<Output*>(p)->write(from, count);
  };
  io.tell = [](void* p) -> sf_count_t { return static_cast<Output*>(p)->sink.position(); };
  return io;
}

/// Rounds to codes of `bits` bits, put into the high bits of Int as libsndfile wants them. libsndfile's own conversion
/// multiplies by 2^(bits-1) - 1, which would not be the inverse of how it reads. Returns how many did not fit. Real has
/// bits enough for codes and halves: float for 16-bit codes, double for longer ones.
template <class Real, class Int>
std::int64_t quantise(const float* from, std::int64_t count, int bits, std::vector<Int>& to) {
  // Adding and subtracting 1.5 * 2^(digits - 1) rounds to the nearest integer, ties to even, and unlike lrint() it
  // vectorises.
  constexpr Real kRounder = static_cast<Real>(std::int64_t{3} << (std::numeric_limits<Real>::digits - 2));
  const Real scale = std::ldexp(Real{1}, bits - 1);
  const int shift = static_cast<int>(8 * sizeof(Int)) - bits;
  int clipped = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    const Real exact = from[i] * scale;
    const bool is_nan = std::isnan(exact);
    const Real number = is_nan ? 4 * scale : exact;  // does not fit, and becomes silence
    const Real near = std::min(std::max(number, -2 * scale), 4 * scale);
    const Real rounded = (near + kRounder) - kRounder;
    const Real inside = std::min(std::max(rounded, -scale), scale - 1);
    const Real code = is_nan ? Real{0} : inside;
    to[i] = static_cast<Int>(static_cast<std::uint32_t>(static_cast<std::int32_t>(code)) << shift);
    clipped += rounded >= -scale && rounded < scale ? 0 : 1;
  }
  return clipped;
}

}  // namespace

std::string to_string(Container container) {
  switch (container) {
    case Container::Wav: return "wav";
    case Container::Flac: return "flac";
    case Container::Ogg: return "ogg";
  }
  throw Error(ErrorCode::Internal, "a container without a name");
}

Container container_from_string(std::string_view name) {
  for (const Container c : {Container::Wav, Container::Flac, Container::Ogg}) {
    if (name == to_string(c)) return c;
  }
  throw Error(ErrorCode::Usage, "unknown sound file type '" + std::string(name) + "'; known: wav, flac, ogg");
}

std::optional<Container> container_of_extension(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](unsigned char c) { return std::tolower(c); });
  if (extension == ".wave") return Container::Wav;
  if (extension == ".oga") return Container::Ogg;
  for (const Container c : {Container::Wav, Container::Flac, Container::Ogg}) {
    if (extension == "." + to_string(c)) return c;
  }
  return std::nullopt;
}

WriteSettings settings_for(Container container, SampleFormat source) {
  WriteSettings settings{container, source == SampleFormat::Lossy ? SampleFormat::Pcm16 : source};
  const bool fits_flac = settings.format == SampleFormat::Pcm8 || settings.format == SampleFormat::Pcm16;
  if (container == Container::Flac && !fits_flac) settings.format = SampleFormat::Pcm24;
  return settings;
}

class Writer::File {
 public:
  File(const std::filesystem::path& path, const SoundShape& sound, const WriteSettings& settings, int threads)
      : sound_(sound), settings_(settings) {
    check_limits(sound, settings);
    SF_INFO info{};
    info.samplerate = sound.sample_rate;
    info.channels = sound.channels;
    info.format = major_type(sound, settings) | subtype(settings);
    if (sf_format_check(&info) == 0) refuse_to_write(sound, settings, "libsndfile does not write this combination");

    output_ = std::make_unique<Output>(path, threads);
    if (settings.container == Container::Ogg) output_->pages.emplace(serial_of(sound));
    SF_VIRTUAL_IO io = write_callbacks();
    {
      const std::lock_guard lock(open_mutex);
      file_.reset(sf_open_virtual(&io, SFM_WRITE, &info, output_.get()));
      if (file_ == nullptr) reason_ = sf_strerror(nullptr);
    }
    check(file_ != nullptr);

    sf_command(file_.get(), SFC_SET_ADD_PEAK_CHUNK, nullptr, SF_FALSE);  // it holds the time of day
    double quality = kVorbisQuality;
    if (settings.container == Container::Ogg) {
      sf_command(file_.get(), SFC_SET_VBR_ENCODING_QUALITY, &quality, sizeof(quality));
    }
    // Without samples libsndfile would leave a FLAC file empty, without even a header.
    const bool headless = settings.container == Container::Flac && sound.n_samples == 0;
    if (headless) sf_command(file_.get(), SFC_UPDATE_HEADER_NOW, nullptr, 0);

    as_float_ = settings.container == Container::Ogg || settings.format == SampleFormat::Float32 ||
                settings.format == SampleFormat::Float64;
    bits_ = as_float_ ? 0 : 8 * bytes_of(settings.format);
    block_frames_ = std::max<std::int64_t>(1, kBlockSamples / sound.channels);
    const auto samples = static_cast<std::size_t>(block_frames_ * sound.channels);
    block_.resize(sound.channels > 1 ? samples : 0);
    shorts_.resize(!as_float_ && bits_ <= 16 ? samples : 0);
    ints_.resize(!as_float_ && bits_ > 16 ? samples : 0);
  }

  void write(const float* samples, std::int64_t stride, std::int64_t n) {
    for (std::int64_t first = 0; first < n; first += block_frames_) {
      const std::int64_t count = std::min(block_frames_, n - first);
      const float* block = samples + first;
      if (sound_.channels > 1) {
        for (int c = 0; c < sound_.channels; ++c) {
          const float* from = samples + c * stride + first;
          for (std::int64_t i = 0; i < count; ++i) block_[static_cast<std::size_t>(i * sound_.channels + c)] = from[i];
        }
        block = block_.data();
      }
      check(write_block(block, count) == count);
    }
  }

  WriteResult finish() {
    const int failure = sf_close(file_.release());
    if (const int error = output_->close(); error != 0) {
      throw Error(ErrorCode::Write, "cannot write the file: " + system_reason(error));
    }
    if (failure != SF_ERR_NO_ERROR) refuse_to_write(sound_, settings_, sf_error_number(failure));
    return result_;
  }

 private:
  std::int64_t write_block(const float* block, std::int64_t n) {
    if (as_float_) return sf_writef_float(file_.get(), block, n);
    if (bits_ <= 16) {
      result_.clipped += quantise<float>(block, n * sound_.channels, bits_, shorts_);
      return sf_writef_short(file_.get(), shorts_.data(), n);
    }
    result_.clipped += quantise<double>(block, n * sound_.channels, bits_, ints_);
    return sf_writef_int(file_.get(), ints_.data(), n);
  }

  void check(bool done) {
    if (output_->sink.error() != 0) {
      throw Error(ErrorCode::Write, "cannot write the file: " + system_reason(output_->sink.error()));
    }
    if (!done) refuse_to_write(sound_, settings_, reason_.empty() ? sf_strerror(file_.get()) : reason_);
  }

  SoundShape sound_;
  WriteSettings settings_;
  std::unique_ptr<Output> output_;  // before file_, which writes to it when it goes
  FileHandle file_;
  std::string reason_;
  WriteResult result_;
  bool as_float_ = false;
  int bits_ = 0;
  std::int64_t block_frames_ = 0;
  std::vector<float> block_;
  std::vector<std::int16_t> shorts_;
  std::vector<int> ints_;
};

Writer::Writer(const std::filesystem::path& path, const SoundShape& shape, const WriteSettings& settings, int threads)
    : file_(std::make_unique<File>(path, shape, settings, threads)) {}
Writer::~Writer() = default;
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;

void Writer::write(const float* samples, std::int64_t stride, std::int64_t n) { file_->write(samples, stride, n); }
WriteResult Writer::finish() { return file_->finish(); }

}  // namespace spectrohue::audio
