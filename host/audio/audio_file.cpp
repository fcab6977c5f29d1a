// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "audio/audio_file.h"

#include <sndfile.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include "audio/file_io.h"
#include "audio/ogg_pages.h"
#include "spectrohue/error.h"

namespace spectrohue::audio {

namespace {

/// Samples (all channels) that are converted at a time. Small for two reasons: it stays in the cache, and libvorbis
/// puts what it is handed on the stack.
constexpr std::int64_t kBlockSamples = 16384;

/// About 256 kbit/s for 44.1 kHz stereo.
constexpr double kVorbisQuality = 0.8;

/// Above this RIFF's 32-bit sizes may not do; the kilobyte is for the header.
constexpr std::int64_t kMaxWavBytes = std::numeric_limits<std::uint32_t>::max() - 1024;

/// More samples a byte than most codecs reach. Memory for what a header promises beyond that is only taken once the
/// samples are there.
constexpr std::int64_t kPlausibleSamplesPerByte = 16;

/// Tags behind the sound may go unread; a cut that short would be less than a second.
constexpr std::int64_t kMpegUnreadBytes = 8192;

constexpr int kMaxFlacChannels = 8;
constexpr int kMaxFlacRate = 655350;
constexpr std::int64_t kMaxFlacSamples = (std::int64_t{1} << 36) - 1;
constexpr int kMaxVorbisChannels = 255;
constexpr int kMaxVorbisRate = 200000;

/// libsndfile keeps the reason for a failed open in a global variable; its MP3 side starts up once a process.
std::mutex open_mutex;

struct CloseFile {
  void operator()(SNDFILE* file) const { sf_close(file); }
};
using FileHandle = std::unique_ptr<SNDFILE, CloseFile>;

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

/// A recorder that lost power leaves a WAV file whose sizes say that there are no samples, and libsndfile believes
/// them. Where the file goes on behind an empty data chunk, and behind where its RIFF size says it ends, all of the
/// rest is taken for samples.
void mend_unfinished_wav(Input& input) {
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

/// A sound file that is open to be read: it has at least one channel and a rate.
class Reader {
 public:
  explicit Reader(const std::filesystem::path& path, bool hide_end = false) : input_{Source(path), hide_end} {
    mend_unfinished_wav(input_);
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

  SNDFILE* file() const { return file_.get(); }
  const SF_INFO& info() const { return info_; }
  const Source& source() const { return input_.source; }

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

/// Moves the channels of a planar block from one distance to a smaller one.
void pack_channels(Buffer<float>& samples, int channels, std::int64_t from_stride, std::int64_t to_stride) {
  for (int c = 1; c < channels && from_stride != to_stride; ++c) {
    std::copy_n(samples.data() + c * from_stride, to_stride, samples.data() + c * to_stride);
  }
}

/// Keeps the first n samples of each channel.
void grow_channels(Buffer<float>& samples, int channels, std::int64_t n, std::int64_t from_stride,
                   std::int64_t to_stride) {
  Buffer<float> larger(static_cast<std::size_t>(channels * to_stride));
  for (int c = 0; c < channels; ++c) {
    std::copy_n(samples.data() + c * from_stride, n, larger.data() + c * to_stride);
  }
  samples.swap(larger);
}

std::int64_t read_block(SNDFILE* file, float* to, std::int64_t n) { return sf_readf_float(file, to, n); }
std::int64_t read_block(SNDFILE* file, short* to, std::int64_t n) { return sf_readf_short(file, to, n); }
float full_scale_one(float x) { return x; }
float full_scale_one(short x) { return static_cast<float>(x) * (1.0F / 32768.0F); }

/// Reads to the end of the file as samples of the given type; returns the samples of a channel. `stride` is the room
/// for each, and grows as needed.
template <class Sample>
std::int64_t read_blocks(const Reader& reader, Buffer<float>& samples, std::int64_t& stride) {
  const int channels = reader.info().channels;
  const std::int64_t block_frames = std::max<std::int64_t>(1, kBlockSamples / channels);
  std::vector<Sample> block(static_cast<std::size_t>(block_frames * channels));
  std::int64_t n = 0;
  for (;;) {
    const std::int64_t got = read_block(reader.file(), block.data(), block_frames);
    if (got <= 0) return n;
    if (n + got > stride) {
      const std::int64_t larger = std::max(n + got, 2 * stride);
      grow_channels(samples, channels, n, stride, larger);
      stride = larger;
    }
    for (int c = 0; c < channels; ++c) {
      float* to = samples.data() + c * stride + n;
      const Sample* from = block.data() + c;
      for (std::int64_t i = 0; i < got; ++i) to[i] = full_scale_one(from[i * channels]);
    }
    n += got;
  }
}

/// Everything from where the reader stands to where libsndfile says the end is.
void read_samples(const Reader& reader, Audio& out) {
  const SF_INFO& info = reader.info();
  const int channels = info.channels;
  const std::int64_t block_frames = std::max<std::int64_t>(1, kBlockSamples / channels);
  const std::int64_t plausible = reader.source().length() * kPlausibleSamplesPerByte / channels;
  std::int64_t stride = std::clamp<std::int64_t>(info.frames, 0, std::max(plausible, block_frames));
  out.samples.resize(static_cast<std::size_t>(channels * stride));
  out.format = sample_format(info.format);
  // libsndfile's own conversion to float takes several times as long as reading 16-bit samples as they are.
  const std::int64_t n = out.format == SampleFormat::Pcm16 ? read_blocks<short>(reader, out.samples, stride)
                                                           : read_blocks<float>(reader, out.samples, stride);
  check_read(reader.source());
  if (const int failure = sf_error(reader.file()); failure != SF_ERR_NO_ERROR) {
    throw Error(ErrorCode::BadFormat,
                "the sound file is damaged after " + std::to_string(n) + " samples: " + sf_strerror(reader.file()));
  }

  pack_channels(out.samples, channels, stride, n);
  out.samples.resize(static_cast<std::size_t>(channels * n));
  out.sample_rate = info.samplerate;
  out.channels = channels;
  out.n_samples = n;
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

FileInfo inspect(const std::filesystem::path& path) {
  const Reader reader(path);
  const SF_INFO& info = reader.info();
  FileInfo result;
  result.sample_rate = info.samplerate;
  result.channels = info.channels;
  result.n_samples = std::max<std::int64_t>(0, info.frames);
  result.format = sample_format(info.format);
  result.description =
      format_name(info.format & SF_FORMAT_TYPEMASK) + ", " + format_name(info.format & SF_FORMAT_SUBMASK);
  return result;
}

void read(const std::filesystem::path& path, Audio& out) {
  const Reader reader(path);
  read_samples(reader, out);
  // Without a Xing header libmpg123 guesses the length of an MP3 from its first frames and the size of the file, and
  // libsndfile stops where the guess does. Where the end cannot be sought there is no guess.
  const bool mpeg = (reader.info().format & SF_FORMAT_TYPEMASK) == SF_FORMAT_MPEG;
  if (mpeg && reader.source().position() + kMpegUnreadBytes < reader.source().length()) {
    read_samples(Reader(path, true), out);
  }
}

bool has_audio_extension(const std::filesystem::path& path) {
  constexpr auto kExtensions =
      std::to_array<std::string_view>({".wav", ".wave", ".bwf", ".rf64", ".w64", ".aif", ".aiff", ".aifc", ".au",
                                       ".snd", ".caf", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".mp2", ".voc"});
  std::string extension = path.extension().string();
  for (char& c : extension) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

WriteSettings settings_for(Container container, SampleFormat source) {
  WriteSettings settings{container, source == SampleFormat::Lossy ? SampleFormat::Pcm16 : source};
  const bool fits_flac = settings.format == SampleFormat::Pcm8 || settings.format == SampleFormat::Pcm16;
  if (container == Container::Flac && !fits_flac) settings.format = SampleFormat::Pcm24;
  return settings;
}

namespace {

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

int major_type(const Audio& audio, const WriteSettings& settings) {
  if (settings.container == Container::Flac) return SF_FORMAT_FLAC;
  if (settings.container == Container::Ogg) return SF_FORMAT_OGG;
  if (audio.n_samples > kMaxWavBytes / (audio.channels * bytes_of(settings.format))) return SF_FORMAT_RF64;
  const bool deep = settings.format == SampleFormat::Pcm24 || settings.format == SampleFormat::Pcm32;
  return audio.channels > 2 || deep ? SF_FORMAT_WAVEX : SF_FORMAT_WAV;
}

std::string what_is_written(const Audio& audio, const WriteSettings& settings) {
  const std::string format = settings.container == Container::Ogg ? "" : " " + spectrohue::to_string(settings.format);
  return std::to_string(audio.channels) + (audio.channels == 1 ? " channel at " : " channels at ") +
         std::to_string(audio.sample_rate) + " Hz as " + to_string(settings.container) + format;
}

[[noreturn]] void refuse_to_write(const Audio& audio, const WriteSettings& settings, const std::string& why) {
  throw Error(ErrorCode::Unsupported, "cannot write " + what_is_written(audio, settings) + ": " + why);
}

void check_limits(const Audio& audio, const WriteSettings& settings) {
  if (settings.container != Container::Ogg && settings.format == SampleFormat::Lossy) {
    throw Error(ErrorCode::Usage,
                "'lossy' is no sample format to write; choose pcm8, pcm16, pcm24, pcm32, float or double");
  }
  if (audio.channels < 1) refuse_to_write(audio, settings, "there is no channel");
  if (audio.sample_rate < 1) refuse_to_write(audio, settings, "the sample rate must be at least 1 Hz");
  if (settings.container == Container::Flac) {
    if (audio.channels > kMaxFlacChannels) refuse_to_write(audio, settings, "FLAC holds at most 8 channels; use wav");
    if (audio.sample_rate > kMaxFlacRate || (audio.sample_rate > 65535 && audio.sample_rate % 10 != 0)) {
      refuse_to_write(audio, settings,
                      "FLAC holds at most 655350 Hz, and above 65535 Hz only multiples of 10; use wav");
    }
    if (audio.n_samples > kMaxFlacSamples) refuse_to_write(audio, settings, "FLAC holds at most 2^36 - 1 samples");
    if (settings_for(settings.container, settings.format).format != settings.format) {
      refuse_to_write(audio, settings, "FLAC holds pcm8, pcm16 and pcm24");
    }
  }
  if (settings.container == Container::Ogg) {
    if (audio.channels > kMaxVorbisChannels)
      refuse_to_write(audio, settings, "Vorbis holds at most 255 channels; use wav");
    if (audio.sample_rate > kMaxVorbisRate) refuse_to_write(audio, settings, "Vorbis holds at most 200000 Hz; use wav");
  }
}

/// Ogg wants streams to have different numbers; this one depends on nothing but the sound.
std::uint32_t serial_of(const Audio& audio) {
  std::uint32_t hash = 2166136261U;  // FNV-1a, word by word
  const auto mix = [&hash](std::uint32_t word) { hash = (hash ^ word) * 16777619U; };
  mix(static_cast<std::uint32_t>(audio.sample_rate));
  mix(static_cast<std::uint32_t>(audio.channels));
  for (const float sample : audio.samples) mix(std::bit_cast<std::uint32_t>(sample));
  return hash;
}

/// Where libsndfile writes to.
struct Output {
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

void interleave(const Audio& audio, std::int64_t first, std::int64_t n, float* block) {
  for (int c = 0; c < audio.channels; ++c) {
    const float* from = audio.samples.data() + c * audio.n_samples + first;
    for (std::int64_t i = 0; i < n; ++i) block[i * audio.channels + c] = from[i];
  }
}

/// Rounds to codes of `bits` bits, put into the high bits of Int as libsndfile wants them. libsndfile's own conversion
/// multiplies by 2^(bits-1) - 1, which would not be the inverse of how it reads. Returns how many did not fit.
template <class Int>
std::int64_t quantise(const std::vector<float>& from, std::int64_t count, int bits, std::vector<Int>& to) {
  // Adding and subtracting 1.5 * 2^52 rounds to the nearest integer, ties to even, and unlike lrint() it vectorises.
  constexpr double kRounder = 6755399441055744.0;
  const double scale = std::ldexp(1.0, bits - 1);
  const int shift = static_cast<int>(8 * sizeof(Int)) - bits;
  int clipped = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    const double exact = from[i] * scale;
    const double rounded = (exact + kRounder) - kRounder;
    const bool fits = rounded >= -scale && rounded < scale;  // not a number does not, and becomes silence
    const double number = exact == exact ? rounded : 0.0;
    const double inside = std::min(std::max(number, -scale), scale - 1);
    to[i] = static_cast<Int>(static_cast<std::uint32_t>(static_cast<std::int32_t>(inside)) << shift);
    clipped += fits ? 0 : 1;
  }
  return clipped;
}

}  // namespace

WriteResult write(const std::filesystem::path& path, const Audio& audio, const WriteSettings& settings) {
  check_limits(audio, settings);
  SF_INFO info{};
  info.samplerate = audio.sample_rate;
  info.channels = audio.channels;
  info.format = major_type(audio, settings) | subtype(settings);
  if (sf_format_check(&info) == 0) refuse_to_write(audio, settings, "libsndfile does not write this combination");

  Output output{Sink(path), std::nullopt};
  if (settings.container == Container::Ogg) output.pages.emplace(serial_of(audio));
  SF_VIRTUAL_IO io = write_callbacks();
  FileHandle file;
  std::string reason;
  {
    const std::lock_guard lock(open_mutex);
    file.reset(sf_open_virtual(&io, SFM_WRITE, &info, &output));
    if (file == nullptr) reason = sf_strerror(nullptr);
  }
  const auto check_written = [&](bool done) {
    if (output.sink.error() != 0) {
      throw Error(ErrorCode::Write, "cannot write the file: " + system_reason(output.sink.error()));
    }
    if (!done) refuse_to_write(audio, settings, reason.empty() ? sf_strerror(file.get()) : reason);
  };
  check_written(file != nullptr);

  sf_command(file.get(), SFC_SET_ADD_PEAK_CHUNK, nullptr, SF_FALSE);  // it holds the time of day
  double quality = kVorbisQuality;
  if (settings.container == Container::Ogg) {
    sf_command(file.get(), SFC_SET_VBR_ENCODING_QUALITY, &quality, sizeof(quality));
  }

  // Without samples libsndfile would leave a FLAC file empty, without even a header.
  const bool headless = settings.container == Container::Flac && audio.n_samples == 0;
  if (headless) sf_command(file.get(), SFC_UPDATE_HEADER_NOW, nullptr, 0);

  const bool as_float = settings.container == Container::Ogg || settings.format == SampleFormat::Float32 ||
                        settings.format == SampleFormat::Float64;
  const int bits = as_float ? 0 : 8 * bytes_of(settings.format);
  const std::int64_t block_frames = std::max<std::int64_t>(1, kBlockSamples / audio.channels);
  const auto block_samples = static_cast<std::size_t>(block_frames * audio.channels);
  std::vector<float> block(block_samples);
  std::vector<short> shorts(!as_float && bits <= 16 ? block_samples : 0);
  std::vector<int> ints(!as_float && bits > 16 ? block_samples : 0);
  WriteResult result;
  for (std::int64_t first = 0; first < audio.n_samples; first += block_frames) {
    const std::int64_t n = std::min(block_frames, audio.n_samples - first);
    interleave(audio, first, n, block.data());
    std::int64_t written = 0;
    if (as_float) {
      written = sf_writef_float(file.get(), block.data(), n);
    } else if (bits <= 16) {
      result.clipped += quantise(block, n * audio.channels, bits, shorts);
      written = sf_writef_short(file.get(), shorts.data(), n);
    } else {
      result.clipped += quantise(block, n * audio.channels, bits, ints);
      written = sf_writef_int(file.get(), ints.data(), n);
    }
    check_written(written == n);
  }
  const int failure = sf_close(file.release());
  if (const int error = output.close(); error != 0) {
    throw Error(ErrorCode::Write, "cannot write the file: " + system_reason(error));
  }
  if (failure != SF_ERR_NO_ERROR) refuse_to_write(audio, settings, sf_error_number(failure));
  return result;
}

}  // namespace spectrohue::audio
