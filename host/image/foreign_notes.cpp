// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/foreign_notes.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "image/exif.h"
#include "image/png_text.h"
#include "spectrohue/error.h"

namespace spectrohue::image {

namespace {

using namespace std::string_view_literals;

/// Pieces of a file that are looked at, and the longest that is taken: enough for any real file, little enough for a
/// hostile one.
constexpr int kMostPieces = 1 << 17;
constexpr std::uint64_t kMostBytes = 1 << 16;
constexpr std::string_view kExifHead{"Exif\0\0", 6};
constexpr std::string_view kKrajj7Keyword = "Spectrogram";
constexpr std::size_t kMostKrajj7Text = 1024;

/// The bytes of a file, wherever they lie.
class SomeFile {
 public:
  explicit SomeFile(const std::filesystem::path& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  SomeFile(const SomeFile&) = delete;
  SomeFile& operator=(const SomeFile&) = delete;
  ~SomeFile() {
    if (fd_ >= 0) ::close(fd_);
  }

  /// n bytes, or fewer where the file ends or cannot be read.
  std::string at(std::uint64_t place, std::size_t n) const {
    std::string bytes(n, '\0');
    const ssize_t got = fd_ < 0 ? 0 : ::pread(fd_, bytes.data(), n, static_cast<off_t>(place));
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }

 private:
  int fd_;
};

std::span<const std::uint8_t> as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<std::uint8_t>(c);
  return value;
}

std::uint64_t little_endian(std::string_view bytes) { return big_endian(std::string(bytes.rbegin(), bytes.rend())); }

void take_exif(std::string_view bytes, ForeignNotes& notes) {
  if (bytes.starts_with(kExifHead)) bytes.remove_prefix(kExifHead.size());
  if (!notes.riffusion) notes.riffusion = riffusion_note(as_bytes(bytes));
}

void search_png(const SomeFile& file, ForeignNotes& notes) {
  constexpr std::size_t kHeadBytes = 8;
  constexpr std::size_t kChecksumBytes = 4;
  std::uint64_t place = 8;
  for (int i = 0; i < kMostPieces; ++i) {
    const std::string head = file.at(place, kHeadBytes);
    if (head.size() < kHeadBytes) return;
    const std::uint64_t size = big_endian(std::string_view(head).substr(0, 4));
    const std::string_view type = std::string_view(head).substr(4);
    const bool is_text = type == "tEXt" || type == "zTXt" || type == "iTXt";
    if (size <= kMostBytes && (type == "eXIf" || is_text)) {
      const std::string data = file.at(place + kHeadBytes, static_cast<std::size_t>(size));
      if (data.size() < size) return;
      if (!is_text) take_exif(data, notes);
      const std::optional<std::string> text =
          is_text ? png::text_in_chunk(kKrajj7Keyword, type, as_bytes(data), kMostKrajj7Text) : std::nullopt;
      if (text && !notes.krajj7) notes.krajj7 = krajj7_note(*text);
    }
    place += kHeadBytes + size + kChecksumBytes;
  }
}

void search_jpeg(const SomeFile& file, ForeignNotes& notes) {
  constexpr std::size_t kHeadBytes = 4;
  std::uint64_t place = 2;
  for (int i = 0; i < kMostPieces; ++i) {
    const std::string head = file.at(place, kHeadBytes);
    const bool begins_pixels = head.size() == kHeadBytes && head[1] == '\xDA';
    if (head.size() < kHeadBytes || head[0] != '\xFF' || begins_pixels) return;
    const std::uint64_t size = big_endian(std::string_view(head).substr(2));
    if (head[1] == '\xE1' && size >= 2) {
      const std::string data = file.at(place + kHeadBytes, static_cast<std::size_t>(size - 2));
      if (data.starts_with(kExifHead)) take_exif(data, notes);
    }
    place += 2 + size;
  }
}

void search_webp(const SomeFile& file, ForeignNotes& notes) {
  constexpr std::size_t kHeadBytes = 8;
  std::uint64_t place = 12;
  for (int i = 0; i < kMostPieces; ++i) {
    const std::string head = file.at(place, kHeadBytes);
    if (head.size() < kHeadBytes) return;
    const std::uint64_t size = little_endian(std::string_view(head).substr(4));
    if (head.starts_with("EXIF") && size <= kMostBytes) {
      take_exif(file.at(place + kHeadBytes, static_cast<std::size_t>(size)), notes);
    }
    place += kHeadBytes + size + (size & 1);
  }
}

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorCode::BadFormat, what); }

std::string number_text(double value) {
  std::array<char, 32> text;
  const auto result = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), result.ptr};
}

enum RiffusionTag {
  kSampleRate = 11000,
  kStereo = 11005,
  kStepSizeMs = 11010,
  kWindowDurationMs = 11020,
  kPaddedDurationMs = 11030,
  kNumFrequencies = 11040,
  kMinFrequency = 11050,
  kMaxFrequency = 11060,
  kPowerForImage = 11070,
  kMaxValue = 11080,
};

/// Looks numbers up, and refuses those out of range.
class Tags {
 public:
  explicit Tags(const ExifNumbers& numbers) : numbers_(numbers) {}

  void take(int tag, int least, int most, int& value) const {
    double given = value;
    take(tag, least, most, given);
    if (given != std::floor(given)) refuse_tag(tag, given, "a whole number");
    value = static_cast<int>(given);
  }
  void take(int tag, double least, double most, double& value) const {
    const auto found = numbers_.find(tag);
    if (found == numbers_.end()) return;
    if (!(found->second >= least && found->second <= most)) {
      refuse_tag(tag, found->second, number_text(least) + " to " + number_text(most));
    }
    value = found->second;
  }
  bool has(int tag) const { return numbers_.count(tag) != 0; }

 private:
  [[noreturn]] static void refuse_tag(int tag, double value, const std::string& wanted) {
    refuse("riffusion's EXIF tag " + std::to_string(tag) + " is " + number_text(value) + ", but should be " + wanted);
  }
  const ExifNumbers& numbers_;
};

}  // namespace

std::vector<std::uint8_t> to_exif(const RiffusionNote& n) {
  constexpr auto kWhole = ExifType::Whole;
  std::vector<ExifEntry> entries{
      {kSampleRate, kWhole, static_cast<double>(n.sample_rate)},
      {kStereo, kWhole, n.is_stereo ? 1.0 : 0.0},
      {kStepSizeMs, kWhole, static_cast<double>(n.step_size_ms)},
      {kWindowDurationMs, kWhole, static_cast<double>(n.window_duration_ms)},
      {kPaddedDurationMs, kWhole, static_cast<double>(n.padded_duration_ms)},
      {kNumFrequencies, kWhole, static_cast<double>(n.num_frequencies)},
      {kMinFrequency, kWhole, static_cast<double>(n.min_frequency)},
      {kMaxFrequency, kWhole, static_cast<double>(n.max_frequency)},
      {kPowerForImage, ExifType::Double, n.power_for_image},
  };
  if (n.max_value) entries.push_back({kMaxValue, ExifType::Double, *n.max_value});
  return make_exif(entries);
}

std::optional<RiffusionNote> riffusion_note(std::span<const std::uint8_t> exif) {
  constexpr int kMost = std::numeric_limits<int>::max();
  constexpr int kMostMs = 100000;
  constexpr int kMostBands = 65536;
  const ExifNumbers numbers = exif_numbers(exif);
  const Tags tags(numbers);
  if (!tags.has(kSampleRate)) return std::nullopt;
  RiffusionNote note;
  int stereo = 0;
  tags.take(kSampleRate, 1, kMost, note.sample_rate);
  tags.take(kStereo, 0, 1, stereo);
  note.is_stereo = stereo == 1;
  tags.take(kStepSizeMs, 1, kMostMs, note.step_size_ms);
  tags.take(kWindowDurationMs, 1, kMostMs, note.window_duration_ms);
  tags.take(kPaddedDurationMs, 1, kMostMs, note.padded_duration_ms);
  tags.take(kNumFrequencies, 1, kMostBands, note.num_frequencies);
  tags.take(kMinFrequency, 0, kMost, note.min_frequency);
  tags.take(kMaxFrequency, 1, kMost, note.max_frequency);
  tags.take(kPowerForImage, 0.001, 1.0, note.power_for_image);
  if (tags.has(kMaxValue)) tags.take(kMaxValue, 0.0, 1e30, note.max_value.emplace());
  return note;
}

int riffusion_samples(int milliseconds, int sample_rate) {
  return static_cast<int>(milliseconds / 1000.0 * sample_rate);
}

namespace {

/// The least whole number of milliseconds that makes so many samples; nothing if none does.
std::optional<int> milliseconds_of(int samples, int sample_rate) {
  const int about = static_cast<int>(std::int64_t{samples} * 1000 / sample_rate);
  for (const int ms : {about, about + 1}) {
    if (ms > 0 && riffusion_samples(ms, sample_rate) == samples) return ms;
  }
  return std::nullopt;
}

/// All but lengths and numbers of bands.
bool is_made_like_riffusions(const PictureNote& note) {
  Arrangement inverted;
  inverted.invert = true;
  const StftSettings& stft = note.stft;
  const PixelSettings& pixels = note.pixels;
  const FrequencyScale& scale = pixels.scale;
  const bool has_bands = scale.kind == FrequencyScaleKind::Mel && scale.mel_scale == MelScale::Htk &&
                         scale.norm == BandNorm::None && pixels.band_power == 1;
  const bool has_frames = stft.window == Window::Hann && stft.center && stft.pad_mode == PadMode::Reflect &&
                          stft.frames == FrameCount::Floor;
  return pixels.encoding == Encoding::Stereo && pixels.curve.kind == CurveKind::Gamma && pixels.tilt == 0 &&
         note.arrangement == inverted && !note.is_mid_side && note.tile.padding == 0 && note.part.count == 1 &&
         has_bands && has_frames;
}

}  // namespace

std::optional<RiffusionNote> as_riffusion(const PictureNote& note) {
  constexpr double kFullScale = 32768;  // riffusion's samples are 16-bit integers
  const FrequencyScale& scale = note.pixels.scale;
  const int rate = note.sample_rate;
  if (!is_made_like_riffusions(note) || rate < 1) return std::nullopt;
  const std::optional<int> step = milliseconds_of(note.stft.hop_length, rate);
  const std::optional<int> window = milliseconds_of(note.stft.win_length, rate);
  const std::optional<int> padded = milliseconds_of(note.stft.n_fft, rate);
  const double fmax = scale.fmax > 0 ? scale.fmax : rate / 2.0;
  const bool are_whole = scale.fmin == std::floor(scale.fmin) && fmax == std::floor(fmax);
  if (!step || !window || !padded || !are_whole) return std::nullopt;
  RiffusionNote out;
  out.sample_rate = rate;
  out.is_stereo = note.channels == 2;
  out.step_size_ms = *step;
  out.window_duration_ms = *window;
  out.padded_duration_ms = *padded;
  out.num_frequencies = scale.n_bands;
  out.min_frequency = static_cast<int>(scale.fmin);
  out.max_frequency = static_cast<int>(fmax);
  out.power_for_image = note.pixels.curve.gamma;
  if (!note.ref.empty()) out.max_value = note.ref.front() * kFullScale;
  return out;
}

Krajj7Note krajj7_note(std::string_view text) {
  constexpr std::string_view kHead = "Spectrogram:;";
  constexpr std::size_t kNumbers = 8;
  const auto refuse_text = [&](const std::string& why) {
    refuse("its text 'Spectrogram', krajj7/spectrogram's parameters, " + why);
  };
  if (!text.starts_with(kHead)) refuse_text("does not begin with 'Spectrogram:;'");
  text.remove_prefix(kHead.size());
  std::array<double, kNumbers> numbers{};
  for (std::size_t i = 0; i < kNumbers; ++i) {
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), numbers[i]);
    const auto length = static_cast<std::size_t>(end - text.data());
    const bool ends = length == text.size() || text[length] == ';';
    if (problem != std::errc() || !ends || !std::isfinite(numbers[i])) {
      refuse_text("has no number in place " + std::to_string(i + 1) + " of 8");
    }
    text.remove_prefix(std::min(text.size(), length + 1));
  }
  const auto check = [&](std::size_t i, double least, double most, const char* what) {
    if (numbers[i] >= least && numbers[i] <= most) return;
    refuse_text("has the " + std::string(what) + " " + number_text(numbers[i]) + ", but it should be " +
                number_text(least) + " to " + number_text(most));
  };
  check(0, 1e-3, 1e6, "bandwidth");
  check(1, 0, 1e6, "base frequency");
  check(2, 1, 1e6, "maximum frequency");
  check(3, 0, 99.99, "overlap");
  check(4, 1e-3, 1e6, "pixels per second");
  check(5, 0, 3, "window");
  check(6, 0, 1, "intensity scale");
  check(7, 0, 1, "frequency scale");
  return {numbers[0],      numbers[1],     numbers[2], numbers[3] / 100, numbers[4], static_cast<int>(numbers[5]),
          numbers[6] == 1, numbers[7] == 1};
}

ForeignNotes foreign_notes(const std::filesystem::path& path) {
  constexpr std::size_t kHeadBytes = 12;
  ForeignNotes notes;
  const SomeFile file(path);
  const std::string head = file.at(0, kHeadBytes);
  if (head.starts_with("\x89PNG\r\n\x1A\n"sv)) search_png(file, notes);
  if (head.starts_with("\xFF\xD8\xFF"sv)) search_jpeg(file, notes);
  if (head.starts_with("RIFF"sv) && head.ends_with("WEBP"sv)) search_webp(file, notes);
  return notes;
}

}  // namespace spectrohue::image
