// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// encode, decode, and the bare `spectrohue FILE...`.
#include <memory>

#include "batch/decode.h"
#include "batch/encode.h"
#include "cli/batch_command.h"
#include "cli/progress.h"
#include "spectrohue/convert.h"

namespace spectrohue::cli {

namespace fs = std::filesystem;

namespace {

/// Of the bytes of pixels or samples, what a compressed file takes of sounds that are easily packed.
constexpr double kLikelyShare = 0.4;
constexpr double kWavHeaderBytes = 44;

struct EncodeOptions {
  std::string compression = "fast";
  TileSettings tiles;
  bool drop_top = false;
  bool verify = false;
};

Direction encoding(const EncodeSettings& settings, const TileSettings& tiles, const batch::Conversion& encoder) {
  const auto forecast = [settings, tiles](const batch::Task& task) {
    const audio::FileInfo info = audio::inspect(task.source);
    const PictureSize size = picture_size(info.n_samples, info.channels, settings);
    const Tiling tiling = make_tiling(tiles, info.channels, settings);
    const std::int64_t n_tiles = tiling.tile.count(size.width);
    const auto bytes = static_cast<double>(size.bytes / size.width * tiling.stored_columns(size.width));
    return Forecast{std::to_string(size.width) + " x " + std::to_string(size.height) + " pixels" +
                        (n_tiles > 1 ? " in " + std::to_string(n_tiles) + " tiles" : "") + ", at most " +
                        bytes_text(bytes),
                    bytes, kLikelyShare * bytes};
  };
  return {"encode", audio::has_audio_extension, ".png", true, false, encoder, forecast};
}

Exit encode(const FileOptions& files, const TransformOptions& transform, const EncodeOptions& chosen,
            const RunOptions& options) {
  EncodeSettings settings = transform.encode_settings();
  settings.pixels.drop_top = chosen.drop_top;
  validate(settings);
  const image::Compression compression = image::compression_from_string(chosen.compression);
  make_tiling(chosen.tiles, 1, settings);  // throws if that cannot be
  const batch::Encoder encoder(settings, compression, chosen.tiles, chosen.verify);
  return convert(files, options, encoding(settings, chosen.tiles, encoder));
}

struct DecodeOptions {
  std::string container = "wav";
  std::string subtype;
  std::string normalize = "none";
  std::string missing_tiles = "error";
};

Direction decoding(const batch::DecodeSettings& settings, const batch::Conversion& decoder) {
  const auto forecast = [settings](const batch::Task& task) {
    const image::FileInfo info = image::inspect(task.source);
    const PictureNote note =
        batch::decode_parameters(info.note, info.width, info.height, info.layout, task.source, settings.flags).note;
    const double seconds = static_cast<double>(note.n_samples) / note.sample_rate;
    const audio::WriteSettings as = audio::settings_for(settings.container, settings.format.value_or(note.format));
    const double bytes = kWavHeaderBytes + static_cast<double>(note.n_samples) * note.channels * bytes_of(as.format);
    return Forecast{duration_text(seconds) + ", " + std::to_string(note.channels) + " x " +
                        std::to_string(note.sample_rate) + " Hz, " + to_string(as.format),
                    bytes, settings.container == audio::Container::Wav ? bytes : kLikelyShare * bytes};
  };
  return {"decode", image::has_picture_extension, "." + audio::to_string(settings.container), false, true, decoder,
          forecast};
}

Exit decode(const FileOptions& files, const TransformOptions& transform, const DecodeOptions& chosen,
            const RunOptions& options) {
  batch::DecodeSettings settings;
  settings.flags = transform.given;
  settings.container = audio::container_from_string(chosen.container);
  if (!chosen.subtype.empty()) settings.format = sample_format_from_string(chosen.subtype);
  if (settings.format == SampleFormat::Lossy) throw Error(ErrorCode::Usage, "--subtype lossy cannot be written");
  settings.normalize = chosen.normalize == "peak";
  settings.missing_tiles =
      chosen.missing_tiles == "silence" ? batch::MissingTiles::Silence : batch::MissingTiles::Error;
  const batch::Decoder decoder(settings);
  return convert(files, options, decoding(settings, decoder));
}

}  // namespace

void add_encode(CLI::App& app, Exit& result) {
  struct State {
    FileOptions files;
    TransformOptions transform;
    EncodeOptions encode;
    RunOptions options;
  };
  auto state = std::make_shared<State>();
  CLI::App* command = app.add_subcommand("encode", "Sounds to pictures");
  state->files.add_to(*command, "Sound files, folders, patterns, @LIST or - (a list on standard input)",
                      "Folder for the pictures, or one .png file (default: beside each input)");
  state->transform.add_to(*command, true);
  command
      ->add_option("--compression", state->encode.compression,
                   "fast (all but the smallest for phase pictures), small, or 1 to 12 (libdeflate's levels)")
      ->capture_default_str();
  command
      ->add_option(
          both_spellings("--tile-width"), state->encode.tiles.width,
          "Columns of a picture at most: a longer sound becomes song.0000.png, song.0001.png ... (default 65500, "
          "or what fits into 512 MiB of pixels; 0: never cut)")
      ->check(CLI::NonNegativeNumber);
  command
      ->add_option(both_spellings("--tile-overlap"), state->encode.tiles.overlap,
                   "Columns at the end of each tile that the next begins with again (default 0)")
      ->check(CLI::NonNegativeNumber);
  command->add_flag(both_spellings("--pad-last"), state->encode.tiles.pad_last,
                    "Black columns make the last tile, or the only one, as wide as --tile-width");
  command->add_flag(both_spellings("--drop-top"), state->encode.drop_top,
                    "Leave out the row of the highest bin, half the sample rate: n_fft / 2 rows a channel");
  command->add_flag("--verify", state->encode.verify,
                    "Read every picture back, decode it, and record its SNR in the manifest");
  state->options.add_to(*command);
  command->callback(
      [state, &result] { result = encode(state->files, state->transform, state->encode, state->options); });
}

void add_decode(CLI::App& app, Exit& result) {
  struct State {
    FileOptions files;
    TransformOptions transform;
    DecodeOptions decode;
    RunOptions options;
  };
  auto state = std::make_shared<State>();
  CLI::App* command = app.add_subcommand("decode", "Pictures to sounds");
  state->files.add_to(*command, "Pictures, folders, patterns, @LIST or - (a list on standard input)",
                      "Folder for the sounds, or one sound file (default: beside each input)");
  command->add_option("--format", state->decode.container, "wav, flac or ogg")
      ->check(CLI::IsMember({"wav", "flac", "ogg"}))
      ->capture_default_str();
  command->add_option("--subtype", state->decode.subtype,
                      "pcm8, pcm16, pcm24, pcm32, float or double (default: the source's)");
  command
      ->add_option("--normalize", state->decode.normalize,
                   "none, or peak: louder or softer to full scale (always for pictures that carry no level)")
      ->check(CLI::IsMember({"none", "peak"}))
      ->capture_default_str();
  command
      ->add_option(both_spellings("--missing-tiles"), state->decode.missing_tiles,
                   "error, or silence: what becomes of a sound some of whose tiles are missing")
      ->check(CLI::IsMember({"error", "silence"}))
      ->capture_default_str();
  auto& given = state->transform.given;
  command->add_option(both_spellings("--sample-rate"), given.sample_rate, "Hz; overrides the note")
      ->check(CLI::Range(1, 2147483647));
  command->add_option("--channels", given.channels, "Sounds stacked in a picture without a note (default 1)")
      ->check(CLI::Range(1, 1024));
  command->add_flag_callback(
      both_spellings("--drop-top"), [&given] { given.drop_top = true; },
      "Of a picture without a note: it has no row for the highest bin");
  command->add_option(both_spellings("--n-samples"), given.n_samples, "Length in samples; overrides the note")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--ref", given.ref, "Magnitude of full brightness; overrides the note")
      ->check(CLI::PositiveNumber);
  command
      ->add_option(both_spellings("--n-iter"), given.retrieval.n_iter,
                   "Of pictures without phases: steps in search of them")
      ->check(CLI::Range(0, 100000))
      ->capture_default_str();
  command->add_option("--momentum", given.retrieval.momentum, "librosa's, of this search: 0 (none) to below 1")
      ->check(CLI::Range(0.0, 0.9999))
      ->capture_default_str();
  command->add_option("--seed", given.retrieval.seed, "Of the phases it begins with")->capture_default_str();
  state->transform.add_to(*command, false);
  state->options.add_to(*command);
  command->callback(
      [state, &result] { result = decode(state->files, state->transform, state->decode, state->options); });
}

Exit convert_files(const std::vector<std::string>& files) {
  FileOptions sounds;
  FileOptions pictures;
  for (const std::string& file : files) {
    (image::has_picture_extension(file) ? pictures : sounds).inputs.push_back(file);
  }
  const EncodeSettings settings = TransformOptions{}.encode_settings();
  Exit worst = Exit::Ok;
  const RunOptions options;
  const auto take = [&](FileOptions& some, const Direction& direction) {
    if (some.inputs.empty()) return;
    some.plan.existing = batch::Existing::Rename;
    some.prints_names = true;
    worst = std::max(worst, convert(some, options, direction));
  };
  const batch::Encoder encoder(settings);
  take(sounds, encoding(settings, {}, encoder));
  const batch::DecodeSettings decode_settings;
  const batch::Decoder decoder(decode_settings);
  take(pictures, decoding(decode_settings, decoder));
  return worst;
}

}  // namespace spectrohue::cli
