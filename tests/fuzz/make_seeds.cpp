// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// make_seeds FOLDER: small inputs to begin with, in a folder for each fuzz target.
#include <sndfile.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "audio/audio_file.h"
#include "batch/manifest.h"
#include "core/colormap.h"
#include "image/foreign_notes.h"
#include "image/note.h"
#include "image/picture_file.h"
#include "spectrohue/convert.h"
#include "support/data.h"
#include "support/file_bytes.h"
#include "support/png_chunks.h"
#include "support/signals.h"
#include "support/sounds.h"

namespace {

using namespace spectrohue;
namespace fs = std::filesystem;

Audio sound(std::int64_t n_samples, int channels) {
  return test::planar_sound(test::noise(n_samples * channels, 5), channels, 8000);
}

EncodeSettings settings(int n_fft, Encoding encoding, CurveKind curve, Window window) {
  EncodeSettings s;
  s.stft = StftSettings::for_n_fft(n_fft);
  s.stft.window = window;
  if (window == Window::Gaussian) s.stft.window_parameter = 0.2;
  if (window == Window::Kaiser) s.stft.window_parameter = 8.6;
  s.pixels.encoding = encoding;
  s.pixels.curve.kind = curve;
  return s;
}

/// A picture with its note.
struct Converted {
  Picture picture;
  PictureNote note;
};

Converted convert(const Audio& audio, const EncodeSettings& s) {
  Converted made;
  made.note = to_picture(*make_backend("cpu"), audio, s, made.picture);
  made.note.tool = "seed";
  made.note.source_name = "sound.wav";
  made.note.pixels_crc32 = image::pixels_crc32(made.picture);
  return made;
}

/// Of magnitudes, phases beside them, and complex numbers; rows of bins and of bands.
std::vector<Converted> magnitude_conversions() {
  std::vector<Converted> all;
  for (const Encoding encoding :
       {Encoding::Gray8, Encoding::Gray16, Encoding::Gray32f, Encoding::Rgb24, Encoding::Colormap, Encoding::Stereo,
        Encoding::Stereo3, Encoding::Magphase, Encoding::Magphase16, Encoding::Complex}) {
    EncodeSettings s = settings(32, encoding, CurveKind::Gamma, Window::Hann);
    if (encoding == Encoding::Colormap) {
      const Colormap& map = colormap_by_name("viridis");
      s.colours = {"viridis", {map.colours.begin(), map.colours.end()}};
    }
    if (encoding == Encoding::Gray32f) s.pixels.curve.kind = CurveKind::Db;
    all.push_back(convert(sound(200, 2), s));
  }
  for (const FrequencyScaleKind kind :
       {FrequencyScaleKind::Mel, FrequencyScaleKind::Log, FrequencyScaleKind::Bark, FrequencyScaleKind::Erb}) {
    EncodeSettings s = settings(256, Encoding::Gray8, CurveKind::Gamma, Window::Hann);
    s.pixels.scale.kind = kind;
    s.pixels.scale.n_bands = 7;
    s.pixels.band_power = kind == FrequencyScaleKind::Mel ? 1 : 2;
    all.push_back(convert(sound(600, 1), s));
  }
  return all;
}

std::vector<Converted> conversions() {
  std::vector<Converted> all;
  all.push_back(convert(sound(300, 1), settings(16, Encoding::Hsv, CurveKind::Gamma, Window::Hann)));
  all.push_back(convert(sound(200, 2), settings(30, Encoding::Hsv16, CurveKind::Db, Window::Kaiser)));
  all.push_back(convert(sound(0, 1), settings(16, Encoding::Hsv, CurveKind::Linear, Window::Rectangular)));
  all.push_back(convert(sound(500, 1), settings(64, Encoding::Hsv, CurveKind::AdaptiveLog, Window::Gaussian)));
  EncodeSettings s = settings(32, Encoding::Hsv16, CurveKind::DoubleLog, Window::BlackmanHarris);
  s.stft.center = false;
  s.stft.pad_mode = PadMode::Reflect;
  s.stft.win_length = 20;
  s.stft.hop_length = 5;
  s.pixels.refine = 2;
  all.push_back(convert(sound(400, 3), s));
  s = settings(32, Encoding::Hsv, CurveKind::Gamma, Window::Hann);
  s.pixels.drop_top = true;
  all.push_back(convert(sound(250, 2), s));
  all.back().note.tile = {0, 1, 0, 3, 20};
  s = settings(64, Encoding::Hsvx, CurveKind::Gamma, Window::Hann);
  s.pixels.refine = 4;
  all.push_back(convert(sound(300, 2), s));
  s = settings(60, Encoding::Hsv16x, CurveKind::Gamma, Window::Hamming);
  s.pixels.tilt = -3;
  all.push_back(convert(sound(250, 1), s));
  for (Converted& c : magnitude_conversions()) all.push_back(std::move(c));
  return all;
}

// --- Pictures.

Picture picture(std::int64_t width, std::int64_t height, int bits) {
  Picture made;
  made.width = width;
  made.height = height;
  made.layout.bits = bits;
  made.pixels.resize(static_cast<std::size_t>(made.row_bytes() * height));
  std::fill(made.pixels.begin(), made.pixels.end(), std::uint8_t{0});
  return made;
}

/// Stripes of every kind: of noise, silent ones together, sparse ones together.
std::vector<Picture> striped_pictures() {
  std::vector<Picture> all;
  all.push_back(picture(90, 70, 8));
  const std::vector<float> x = test::noise(std::ssize(all[0].pixels.span()), 7);
  std::transform(x.begin(), x.end(), all[0].pixels.begin(),
                 [](float v) { return static_cast<std::uint8_t>(static_cast<int>(v * 255)); });
  all.push_back(picture(300, 130, 8));
  all.push_back(picture(300, 150, 16));
  for (std::size_t i = 0; i < all[2].pixels.size(); i += 997) all[2].pixels[i] = static_cast<std::uint8_t>(i);
  return all;
}

std::string header(std::uint32_t width, std::uint32_t height, int bits, int color, bool interlaced) {
  std::string data = test::big_endian(width) + test::big_endian(height);
  for (const int byte : {bits, color, 0, 0, interlaced ? 1 : 0}) data += static_cast<char>(byte);
  return data;
}

/// Kinds of PNG that other programs write.
std::string foreign_png(int bits, int color, bool interlaced) {
  constexpr std::uint32_t kSide = 9;
  constexpr std::size_t kEnough = 2000;
  const std::string rows(kEnough, '\0');
  std::vector<test::PngChunk> chunks{{"IHDR", header(kSide, kSide, bits, color, interlaced)}};
  if (color == 3) chunks.push_back({"PLTE", std::string("\1\2\3\4\5\6", 6)});
  if (color == 3) chunks.push_back({"tRNS", std::string("\x80")});
  chunks.push_back({"IDAT", test::zlib_of(rows)});
  chunks.push_back({"IEND", ""});
  return test::png_of(chunks);
}

/// The same picture with its note in every kind of text.
void put_texts(const fs::path& folder, const std::string& png, const std::string& json) {
  const std::string keyword("spectrohue\0", 11);
  const test::PngChunk texts[] = {{"tEXt", keyword + json},
                                  {"zTXt", keyword + std::string(1, '\0') + test::zlib_of(json)},
                                  {"iTXt", keyword + std::string("\1\0en\0k\0", 7) + test::zlib_of(json)},
                                  {"zTXt", keyword + std::string(1, '\0') + test::zlib_of(std::string(1 << 21, ' '))}};
  for (std::size_t i = 0; i < std::size(texts); ++i) {
    std::vector<test::PngChunk> chunks = test::png_chunks(png);
    std::erase_if(chunks, [](const test::PngChunk& chunk) { return chunk.type == "iTXt"; });
    const std::ptrdiff_t at = i % 2 == 0 ? 1 : std::ssize(chunks) - 1;
    chunks.insert(chunks.begin() + at, texts[i]);
    test::put_bytes(folder / ("text" + std::to_string(i) + ".png"), test::png_of(chunks));
  }
}

void put_pictures(const fs::path& folder) {
  int i = 0;
  const auto next = [&] { return folder / ("written" + std::to_string(i++) + ".png"); };
  for (const Converted& c : conversions()) {
    if (c.picture.layout.bits <= 16) image::write_png(next(), c.picture, &c.note);
  }
  for (const Picture& p : striped_pictures()) image::write_png(next(), p, nullptr);
  for (const int color : {0, 2, 3, 4, 6}) {
    for (const bool interlaced : {false, true}) {
      const std::string name = "foreign" + std::to_string(color) + (interlaced ? "i" : "");
      test::put_bytes(folder / (name + ".png"), foreign_png(color == 0 ? 1 : color == 3 ? 2 : 8, color, interlaced));
    }
  }
  const Converted first = std::move(conversions().front());
  put_texts(folder, test::bytes_of(folder / "written0.png"), image::to_json(first.note));
}

/// Of our own: every layout in every format with its note. Of other programs: those that tests read.
void put_formats(const fs::path& folder) {
  using image::Format;
  image::Workspace workspace;
  const Converted first = std::move(conversions().front());
  int i = 0;
  for (const PixelLayout layout : {PixelLayout{1, 8}, PixelLayout{1, 16}, PixelLayout{3, 8}, PixelLayout{3, 16},
                                   PixelLayout{1, 32}, PixelLayout{2, 32}}) {
    Picture made;
    made.resize(5, first.picture.height, layout);
    for (std::size_t at = 0; at < made.pixels.size(); ++at) made.pixels[at] = static_cast<std::uint8_t>(at * 37 % 191);
    if (layout == PixelLayout{1, 8}) made.palette = {{1, 2, 3}, {4, 5, 6}};
    for (const Format format : {Format::Tiff, Format::Npy, Format::Npz}) {
      const fs::path path = folder / ("written" + std::to_string(i++) + extension_of(format));
      image::write_picture(path, format, made, &first.note, {}, workspace);
    }
    const fs::path deflated = folder / ("deflated" + std::to_string(i++) + ".npz");
    image::write_picture(deflated, Format::Npz, made, nullptr, {image::Compression::Level6, 1}, workspace);
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(test::data_folder() / "pictures")) {
    fs::copy_file(entry.path(), folder / entry.path().filename());
  }
}

// --- Notes.

void put_notes(const fs::path& folder) {
  int i = 0;
  for (const Converted& c : conversions()) {
    PictureNote note = c.note;
    test::put_bytes(folder / ("note" + std::to_string(i++) + ".json"), image::to_json(note));
    note.tile = {2, 7, 131000, 0, 0};
    test::put_bytes(folder / ("note" + std::to_string(i++) + ".json"), image::to_json(note));
  }
  PictureNote arranged = magnitude_conversions().front().note;
  arranged.arrangement = {30, 20, true, true, true, 26, 34};
  arranged.is_mid_side = true;
  arranged.part = {1, 2};
  test::put_bytes(folder / "arranged.json", image::to_json(arranged));
}

void put_notes_with_pixels(const fs::path& folder) {
  int i = 0;
  for (const Converted& c : conversions()) {
    const std::string pixels(
        c.picture.pixels.begin(),
        c.picture.pixels.begin() + std::min<std::ptrdiff_t>(500, std::ssize(c.picture.pixels.span())));
    for (const char change : {'\0', '\1', '\4'}) {
      std::string seed = image::to_json(c.note);
      seed += {'\0', change, '\5', '\1'};
      seed += pixels;
      test::put_bytes(folder / ("sound" + std::to_string(i++)), seed);
    }
  }
}

void put_foreign_notes(const fs::path& folder) {
  image::RiffusionNote note;
  note.max_value = 1e6;
  const std::vector<std::uint8_t> exif = image::to_exif(note);
  test::put_bytes(folder / "riffusion", std::string(exif.begin(), exif.end()));
  test::put_bytes(folder / "krajj7", "Spectrogram:;100.0000;55.0000;22050.0000;80.0000;100.0000;0;1;1;");
}

// --- Manifests.

void put_manifests(const fs::path& folder) {
  batch::ManifestRun run{"seed", "encode", "2026-11-20T17:00:00Z", R"({"n_fft":2048,"curve":{"kind":"db"}})", {1, 3}, 2,
                         1,      "cpu"};
  batch::ManifestRecord done;
  done.source = "a/song.wav";
  done.output = "a/song.png";
  done.n_tiles = 3;
  done.stamp = {44100, 1700000000000000000};
  done.bytes_written = 1234;
  done.audio_seconds = 12.5;
  done.snr_db = 62.25;
  done.source_sha256 = std::string(64, 'a');
  done.output_sha256 = {std::string(64, 'b')};
  batch::ManifestRecord failed = done;
  failed.source = "a/\xFF.wav";
  failed.error = ErrorCode::BadFormat;
  failed.reason = "damaged";
  failed.messages = {"one", "two"};
  const std::string id = batch::parameters_id(run.parameters);
  test::put_bytes(folder / "run", to_line(run) + to_line(done, id) + to_line(failed, id));
  test::put_bytes(folder / "torn", to_line(run) + to_line(done, id) + to_line(failed, id).substr(0, 60));
  done.snr_db = std::numeric_limits<double>::infinity();
  test::put_bytes(folder / "again", to_line(failed, id) + to_line(run) + to_line(done, "other"));
}

// --- Sounds.

/// One of the file types that only libsndfile writes for us.
void put_with_libsndfile(const fs::path& path, int format) {
  SF_INFO info{};
  info.samplerate = 8000;
  info.channels = 2;
  info.format = format;
  SNDFILE* const file = sf_open(path.c_str(), SFM_WRITE, &info);
  if (file == nullptr) return;
  const std::vector<float> x = test::noise(200, 3);
  sf_writef_float(file, x.data(), std::ssize(x) / info.channels);
  sf_close(file);
}

void put_sounds(const fs::path& folder) {
  using audio::Container;
  for (const Container container : {Container::Wav, Container::Flac, Container::Ogg}) {
    const fs::path path = folder / ("sound." + to_string(container));
    audio::write(path, sound(150, 2), audio::settings_for(container, SampleFormat::Pcm16));
  }
  audio::write(folder / "float.wav", sound(70, 3), {Container::Wav, SampleFormat::Float32});
  audio::write(folder / "deep.flac", sound(70, 1), {Container::Flac, SampleFormat::Pcm24});
  audio::write(folder / "empty.wav", sound(0, 1), {});
  constexpr std::array kMajors{SF_FORMAT_AIFF, SF_FORMAT_AU,    SF_FORMAT_W64, SF_FORMAT_CAF,
                               SF_FORMAT_RF64, SF_FORMAT_WAVEX, SF_FORMAT_WAV};
  for (const int major : kMajors) {
    for (const int coding : {SF_FORMAT_PCM_16, SF_FORMAT_DOUBLE, SF_FORMAT_ULAW}) {
      const std::string name = std::to_string(major >> 16) + "-" + std::to_string(coding);
      put_with_libsndfile(folder / name, major | coding);
    }
  }
  put_with_libsndfile(folder / "mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III);
  put_with_libsndfile(folder / "opus", SF_FORMAT_OGG | SF_FORMAT_OPUS);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_seeds FOLDER\n");
    return 2;
  }
  const fs::path folder = argv[1];
  for (const char* target : {"png", "formats", "note", "manifest", "audio", "decode", "foreign"}) {
    fs::remove_all(folder / target);
    fs::create_directories(folder / target);
  }
  put_pictures(folder / "png");
  put_formats(folder / "formats");
  put_notes(folder / "note");
  put_manifests(folder / "manifest");
  put_sounds(folder / "audio");
  put_notes_with_pixels(folder / "decode");
  put_foreign_notes(folder / "foreign");
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "make_seeds: %s\n", error.what());
  return 1;
}
