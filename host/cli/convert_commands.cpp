// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// encode, decode, and the bare `spectrohue FILE...`.
#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>

#include "batch/by_rate.h"
#include "batch/decode.h"
#include "batch/encode.h"
#include "batch/foreign_spectrogram.h"
#include "batch/pair.h"
#include "batch/peak_meter.h"
#include "batch/presets.h"
#include "cli/batch_command.h"
#include "cli/file_conversions.h"
#include "cli/progress.h"
#include "image/arrange.h"
#include "spectrohue/convert.h"

namespace spectrohue::cli {

namespace fs = std::filesystem;

namespace {

/// Of the bytes of pixels or samples, what a compressed file takes of sounds that are easily packed.
constexpr double kLikelyShare = 0.4;
/// The same of pixels. Of PNG as they were measured of music, whose files are smaller than those of speech (hsv 0.50
/// and 0.64, gray8 0.45 and 0.61, hsv16 0.69 and 0.76, gray16 0.82 and 0.89, hsv16x 0.45 and 0.51).
double likely_share(image::Format format, Encoding encoding) {
  const int bits = pixel_layout(encoding).bits;
  if (format != image::Format::Png || bits > 16) return kLikelyShare;
  return bits == 8 || encoding == Encoding::Hsv16x ? 0.45 : 0.69;
}

constexpr double kWavHeaderBytes = 44;
constexpr const char* kPictureFormats = "png, tiff, npy, npz, jpeg or webp";

struct EncodeOptions {
  std::string compression = "fast";
  TileSettings tiles;
  bool verify = false;
  std::string format;
  batch::PictureOutput output;
  bool force = false;
  fs::path pair;  ///< folder of the partners, or empty
  std::string pair_order = "ab";
};

/// What --format says, or the name of the one output, or what the encoding needs.
image::Format format_of(const EncodeOptions& chosen, const FileOptions& files, Encoding encoding) {
  if (!chosen.format.empty()) return image::format_from_string(chosen.format);
  if (const auto named = image::format_of_extension(files.plan.output)) return *named;
  return pixel_layout(encoding).bits == 32 ? image::Format::Tiff : image::Format::Png;
}

void refuse_loss(image::Format format, Encoding encoding) {
  if (!image::is_lossy(format) || !holds_phase(encoding)) return;
  throw Error(ErrorCode::Usage, "phases do not survive the losses of " + image::to_string(format) + " (" +
                                    to_string(encoding) +
                                    " holds some); use PNG, or an encoding of magnitudes, or add --force");
}

/// The settings for sounds of a sample rate.
using SettingsOf = std::function<EncodeSettings(int sample_rate)>;

/// n_halves: 2 if the picture of another sound comes beside each.
Direction encoding(const SettingsOf& settings_of, TileSettings tiles, const batch::PictureOutput& output,
                   const batch::Conversion& encoder, int n_halves = 1) {
  const Encoding kind = settings_of(batch::kUsualRate).pixels.encoding;
  const batch::PieceNames names = batch::piece_names(kind, output);
  if (names != batch::PieceNames::Tiles) tiles.width = 0;
  const double share = likely_share(output.format, kind);
  const auto forecast = [settings_of, tiles, n_halves, share](const batch::Task& task) {
    const audio::FileInfo info = audio::inspect(task.source);
    const EncodeSettings settings = settings_of(info.sample_rate);
    const int channels = batch::ChannelMix(settings.channels, info.channels).channels();
    const PictureSize size = picture_size(info.n_samples, channels, settings);
    const Tiling tiling = make_tiling(tiles, channels, settings);
    const std::int64_t n_tiles = tiling.tile.count(size.width);
    const std::int64_t column_bytes = size.bytes / size.width;
    const auto bytes = n_halves * static_cast<double>(column_bytes * tiling.stored_columns(size.width));
    return Forecast{std::to_string(n_halves * size.width) + " x " + std::to_string(size.height) + " pixels" +
                        (n_tiles > 1 ? " in " + std::to_string(n_tiles) + " tiles" : "") + ", at most " +
                        bytes_text(bytes),
                    bytes, share * bytes};
  };
  return {"encode",
          audio::has_audio_extension,
          audio::has_unread_audio_extension,
          image::extension_of(output.format),
          kPictureFormats,
          true,
          false,
          encoder,
          forecast,
          names};
}

/// Measures all sounds, whatever the shard, before the first is encoded.
void measure_dataset(const FileOptions& files, const RunOptions& options, const EncodeOptions& chosen,
                     EncodeSettings& settings) {
  if (std::ranges::find(files.inputs, "-") != files.inputs.end()) {
    throw Error(ErrorCode::Usage, "--ref dataset reads the list of inputs twice; give it as @FILE instead of -");
  }
  batch::WalkSettings walk = files.walk;
  walk.wanted = audio::has_audio_extension;
  walk.links = batch::links_from_string(files.links);
  batch::RunSettings run = options.run;
  run.stop = &stop_requested;
  const double ref = batch::dataset_reference(batch::walk(files.inputs, walk).sources, run, settings, chosen.tiles);
  if (ref > 0) settings.ref = {Reference::Kind::Fixed, ref};
}

Exit encode_pairs(const FileOptions& files, const EncodeSettings& settings, const EncodeOptions& chosen,
                  const batch::PictureOutput& output, const RunOptions& options) {
  const batch::Partners partners(chosen.pair);
  const auto order = chosen.pair_order == "ab" ? batch::PairOrder::AB : batch::PairOrder::BA;
  const batch::PairEncoder encoder(settings, image::compression_from_string(chosen.compression), chosen.tiles,
                                   chosen.verify, output, partners, order);
  Direction direction = encoding([&](int) { return settings; }, chosen.tiles, output, encoder, 2);
  direction.companions = [&](const fs::path& relative) -> std::vector<fs::path> {
    try {
      return {partners.of(relative)};
    } catch (const Error&) {
      return {};  // to be said when its turn comes
    }
  };
  return convert(files, options, direction);
}

/// What the pictures' files are. Throws Error(Usage) where options do not go together.
batch::PictureOutput checked_output(const FileOptions& files, const TransformOptions& transform,
                                    const EncodeOptions& chosen, const EncodeSettings& settings) {
  batch::PictureOutput output = chosen.output;
  output.format = format_of(chosen, files, settings.pixels.encoding);
  output.splits_channels = transform.channels == "split";
  batch::validate(settings, chosen.tiles, output);
  if (!chosen.force) refuse_loss(output.format, settings.pixels.encoding);
  if (chosen.verify && !(holds_phase(settings.pixels.encoding) && image::holds_note(output.format))) {
    throw Error(ErrorCode::Usage,
                "--verify compares sounds, so it needs pictures that hold phases and their note (PNG or TIFF)");
  }
  return output;
}

/// On standard output.
void say_settings(batch::Preset preset, const batch::Conversion& encoder) {
  std::printf("preset %s%s: %s\n", to_string(preset).c_str(),
              depends_on_sample_rate(preset) ? " (n_fft, hop_length and win_length at 44100 Hz)" : "",
              encoder.parameters().c_str());
}

Exit encode(const FileOptions& files, const TransformOptions& transform, const EncodeOptions& chosen,
            const RunOptions& options) {
  files.exports.check();
  const auto settings_of = [&](int sample_rate) { return batch::encode_settings(transform, sample_rate); };
  EncodeSettings settings = settings_of(batch::kUsualRate);
  const batch::PictureOutput output = checked_output(files, transform, chosen, settings);
  const std::optional<batch::Preset> preset = transform.given.preset;
  const bool goes_by_rate = preset && depends_on_sample_rate(*preset);
  if (transform.ref == "dataset" && goes_by_rate) {
    throw Error(ErrorCode::Usage, "--ref dataset is for settings that all files share, and those of the preset " +
                                      to_string(*preset) + " follow from each file's sample rate; give --ref a number");
  }
  const image::Compression compression = image::compression_from_string(chosen.compression);
  if (transform.ref == "dataset" && !files.dry_run) {
    measure_dataset(files, options, chosen, settings);
    if (stop_requested) return Exit::Interrupted;
  }
  const auto make_encoder = [&](const EncodeSettings& of) {
    return std::make_unique<batch::Encoder>(of, compression, chosen.tiles, chosen.verify, output);
  };
  if (!chosen.pair.empty()) {
    if (goes_by_rate) throw Error(ErrorCode::Usage, "--pair needs settings of one size, which this preset has not");
    return encode_pairs(files, settings, chosen, output, options);
  }
  const std::unique_ptr<batch::Conversion> encoder = make_encoder(settings);
  if (preset && files.dry_run) say_settings(*preset, *encoder);
  if (!goes_by_rate) {
    return convert(files, options, encoding([&](int) { return settings; }, chosen.tiles, output, *encoder));
  }
  const auto make = [&](int sample_rate) { return make_encoder(settings_of(sample_rate)); };
  const std::string parameters = R"({"preset":")" + to_string(*preset) + R"(",)" + encoder->parameters().substr(1);
  const batch::ByRate by_rate(make, parameters);
  return convert(files, options, encoding(settings_of, chosen.tiles, output, by_rate));
}

struct DecodeOptions {
  std::string container;
  std::string subtype;
  std::string normalize = "none";
  std::string missing_tiles = "error";
  std::string log_folder;
  std::string params_from;
};

/// What a wave file of a sound takes, or another.
Forecast sound_forecast(const batch::DecodeSettings& settings, std::int64_t n_samples, int channels, int sample_rate,
                        SampleFormat source) {
  const double seconds = static_cast<double>(n_samples) / sample_rate;
  const audio::WriteSettings as = audio::settings_for(settings.container, settings.format.value_or(source));
  const double bytes = kWavHeaderBytes + static_cast<double>(n_samples) * channels * bytes_of(as.format);
  return {duration_text(seconds) + ", " + std::to_string(channels) + " x " + std::to_string(sample_rate) + " Hz, " +
              to_string(as.format),
          bytes, settings.container == audio::Container::Wav ? bytes : kLikelyShare * bytes};
}

/// Of a spectrogram that another program drew: where its plot is must be known, so it is read.
Forecast foreign_forecast(const batch::DecodeSettings& settings, const fs::path& path) {
  image::PictureFile file;
  image::Workspace workspace;
  image::read(path, file, workspace);
  const batch::ForeignShape shape = batch::foreign_shape(file, path, settings.flags);
  return sound_forecast(settings, shape.n_samples, 1, shape.sample_rate, SampleFormat::Pcm16);
}

Direction decoding(const batch::DecodeSettings& settings, const batch::Conversion& decoder) {
  const auto forecast = [settings](const batch::Task& task) {
    image::FileInfo info = image::inspect(task.source);
    if (batch::is_foreign(info.note.has_value(), settings.flags)) return foreign_forecast(settings, task.source);
    batch::take_half(info, settings.flags.half);
    const image::Size size = image::rearranged({info.width, info.height}, arrangement_of(info.note, settings.flags));
    const PictureNote note =
        batch::decode_parameters(info.note, size.width, size.height, info.layout, task.source, settings.flags).note;
    return sound_forecast(settings, note.n_samples, note.channels, note.sample_rate, note.format);
  };
  return {"decode",
          image::has_picture_extension,
          image::has_unread_picture_extension,
          "." + audio::to_string(settings.container),
          kSoundFormats,
          false,
          true,
          decoder,
          forecast};
}

batch::DecodeSettings decode_settings(const FileOptions& files, const TransformOptions& transform,
                                      const DecodeOptions& chosen) {
  batch::DecodeSettings settings;
  settings.flags = transform.given;
  take_parameters_from(chosen.params_from, settings.flags);
  settings.container = container_for(chosen.container, files.plan.output);
  if (!chosen.subtype.empty()) settings.format = sample_format_from_string(chosen.subtype);
  if (settings.format == SampleFormat::Lossy) throw Error(ErrorCode::Usage, "--subtype lossy cannot be written");
  settings.normalize = chosen.normalize == "peak";
  settings.missing_tiles =
      chosen.missing_tiles == "silence" ? batch::MissingTiles::Silence : batch::MissingTiles::Error;
  settings.log_folder = chosen.log_folder;
  return settings;
}

Exit decode(const FileOptions& files, const TransformOptions& transform, const DecodeOptions& chosen,
            const RunOptions& options) {
  batch::DecodeSettings settings = decode_settings(files, transform, chosen);
  const bool names_manifest = !files.manifest.empty() && files.manifest != "none";
  settings.checks_pixels = options.run.hash || options.verbose || names_manifest || !settings.log_folder.empty();
  const batch::Decoder decoder(settings);
  return convert(files, options, decoding(settings, decoder));
}

void add_pair_options(CLI::App& command, EncodeOptions& options) {
  const HelpGroup group(command, "Data sets");
  CLI::Option* pair = command.add_option("--pair", options.pair,
                                         "Beside the picture of each sound that of the one of the same path and name "
                                         "in this folder, for pix2pix");
  pair->type_name("FOLDER");
  command.add_option(both_spellings("--pair-order"), options.pair_order, "ab: the partner right (default); ba: left")
      ->check(CLI::IsMember({"ab", "ba"}))
      ->needs(pair);
}

/// Pictures of other programs: docs/foreign.md.
void add_foreign_options(CLI::App& command, batch::ParameterFlags& given) {
  const HelpGroup group(command, "Pictures of other programs (docs/foreign.md)");
  const auto add = [&](const std::string& name, const std::function<void(const std::string&)>& take,
                       const std::string& help, const std::string& type) {
    const auto use = [take](const std::string& text) {
      try {
        take(text);
      } catch (const Error& error) {
        throw CLI::ValidationError(error.what());
      }
    };
    return command.add_option_function<std::string>(name, use, help)->type_name(type);
  };
  batch::ForeignFlags& foreign = given.foreign;
  CLI::Option* const from = add(
      "--from", [&foreign](const std::string& text) { foreign.from = batch::picture_maker_from_string(text); },
      "Who drew the spectrogram: specshow (librosa.display.specshow; needs --sample-rate, --n-fft, --duration, --axis; "
      "80 dB), sox (its effect spectrogram; --sample-rate, and --duration or --hop-length; 120 dB), ffmpeg "
      "(showspectrumpic with scale=log; the same), gray (a row a bin, a column a frame; the same, brightness is "
      "magnitude) or auto",
      "NAME");
  const auto add_about = [&](const std::string& name, const std::function<void(const std::string&)>& take,
                             const std::string& help,
                             const std::string& type) { add(name, take, help, type)->needs(from); };
  add_about(
      "--crop",
      [&foreign](const std::string& text) {
        if (text != "auto" && text != "none") image::box_from_string(text);
        foreign.crop = text;
      },
      "Where the plot is: auto (within a frame, or what is painted of a light page, default; of gray the whole "
      "picture), none (the whole picture), or LEFT,TOP,RIGHT,BOTTOM in pixels, the last two just beyond it",
      "WHERE");
  add_about(
      "--axis", [&foreign](const std::string& text) { foreign.axis = image::axis_kind_from_string(text); },
      "Frequencies: linear, log (needs --fmin), symlog (specshow's y_axis='log') or mel (specshow's; needs --n-mels). "
      "With --fmin and --fmax where its ends are not 0 and half the sample rate",
      "NAME");
  command
      .add_option_function<double>(
          "--duration", [&foreign](const double& seconds) { foreign.duration_s = seconds; },
          "Seconds of sound that the plot shows")
      ->check(CLI::PositiveNumber)
      ->needs(from);
}

struct EncodeCommand {
  FileOptions files;
  TransformOptions transform;
  EncodeOptions encode;
  RunOptions options;
};

struct DecodeCommand {
  FileOptions files;
  TransformOptions transform;
  DecodeOptions decode;
  RetrievalOptions retrieval;
  RunOptions options;
};

void add_encode_options(CLI::App* command, EncodeCommand* state) {
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
  command->add_flag(both_spellings("--drop-top"), state->transform.drop_top,
                    "Leave out the row of the highest bin, half the sample rate: n_fft / 2 rows a channel");
  command
      ->add_option("--channels", state->transform.channels,
                   "keep (all, stacked, default), mono (their mean), left, right, a number from 1, mid-side, or split "
                   "(a file a channel: song.ch1.png)")
      ->type_name("WHICH");
  command
      ->add_option("--format", state->encode.format,
                   std::string(kPictureFormats) + " (default: as the output is named, else tiff for floats, else png)")
      ->type_name("NAME");
  command->add_option(both_spellings("--picture-quality"), state->encode.output.quality, "Of jpeg and webp, 1 to 100")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  command->add_flag("--force", state->encode.force, "Let jpeg and webp have phases, which they ruin");
  command->add_flag(
      "--sidecar", state->encode.output.has_sidecar,
      "Write each picture's note also beside it: song.json (always, where the format has no room for it)");
  command->add_flag("--invert", state->transform.arrangement.invert, "Dark is loud; of a colormap, its other end");
  command->add_flag("--flip", state->transform.arrangement.flip, "Low frequencies on top");
  command->add_flag("--transpose", state->transform.arrangement.transpose, "Time runs down");
  command->add_option("--resize", state->transform.resize, "Columns x rows of every picture: 512x256; loses phases")
      ->type_name("WxH");
  command->add_flag("--verify", state->encode.verify,
                    "Read every picture back, decode it, and record its SNR in the manifest; without one, say it");
  state->files.exports.add_to(*command);
  add_pair_options(*command, state->encode);
  state->options.add_to(*command);
}

void add_decode_options(CLI::App* command, DecodeCommand* state) {
  state->files.add_to(*command, "Pictures, folders, patterns, @LIST or - (a list on standard input)",
                      "Folder for the sounds, or one sound file (default: beside each input)");
  add_sound_format(*command, state->decode.container);
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
  command
      ->add_option_function<std::string>(
          "--pair", [&given](const std::string& name) { given.half = batch::half_from_string(name); },
          "left or right: which of the two sounds in a picture of encode --pair")
      ->check(CLI::IsMember({"left", "right"}));
  add_params_from(*command, state->decode.params_from);
  command->add_option(both_spellings("--sample-rate"), given.sample_rate, "Hz; overrides the note")
      ->check(CLI::Range(1, 2147483647));
  command->add_option("--channels", given.channels, "Sounds stacked in a picture without a note (default 1)")
      ->check(CLI::Range(1, 1024));
  command->add_flag_callback(
      both_spellings("--drop-top"), [&given] { given.drop_top = true; },
      "Of a picture without a note: it has no row for the highest bin");
  command->add_flag_callback(
      "--invert", [&given] { given.invert = true; }, "Of a picture without a note: dark is loud");
  command->add_flag_callback(
      "--flip", [&given] { given.flip = true; }, "Of a picture without a note: low frequencies are on top");
  command->add_flag_callback(
      "--transpose", [&given] { given.transpose = true; }, "Of a picture without a note: time runs down");
  command->add_flag(both_spellings("--resize-to-note"), given.resizes_to_note,
                    "A picture of another size than its note says is resized, instead of refused");
  command->add_option(both_spellings("--n-samples"), given.n_samples, "Length in samples; overrides the note")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--ref", given.ref, "Magnitude of full brightness; overrides the note")
      ->check(CLI::PositiveNumber);
  state->retrieval.add_to(*command);
  command
      ->add_option(
          "--log", state->decode.log_folder,
          "Folder for a record of every picture: what was read from it, what was found, all parameters, hashes")
      ->type_name("FOLDER");
  add_foreign_options(*command, given);
  state->transform.add_to(*command, false);
  state->options.add_to(*command);
}

void take_retrieval(DecodeCommand& all) {
  // Of pictures that other programs drew there are few, and less is known.
  batch::ParameterFlags& given = all.transform.given;
  given.retrieval = all.retrieval.settings(given.foreign.from ? "high" : "default");
}

/// What the command would be given for one file.
void parse(CLI::App& command, const fs::path& source, std::vector<std::string> arguments) {
  arguments.push_back(source.string());
  std::ranges::reverse(arguments);  // as CLI11 wants them
  try {
    command.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    throw Error(ErrorCode::Usage, error.what());
  }
}

std::function<std::string(const batch::Task&)> text_of(const Direction& direction) {
  return [forecast = direction.forecast](const batch::Task& task) { return forecast(task).text; };
}

}  // namespace

serve::FileConversion encode_conversion(const fs::path& source, const std::vector<std::string>& arguments) {
  CLI::App command;
  EncodeCommand all;
  add_encode_options(&command, &all);
  parse(command, source, arguments);
  const EncodeOptions& chosen = all.encode;
  const int sample_rate = audio::inspect(source).sample_rate;
  const EncodeSettings settings = batch::encode_settings(all.transform, sample_rate);
  const batch::PictureOutput output = checked_output(all.files, all.transform, chosen, settings);
  const auto encoder = std::make_shared<batch::Encoder>(settings, image::compression_from_string(chosen.compression),
                                                        chosen.tiles, chosen.verify, output);
  const Direction direction =
      encoding([settings](int) -> const EncodeSettings& { return settings; }, chosen.tiles, output, *encoder);
  return {encoder,           direction.extension, direction.makes_tiles, direction.joins_tiles, direction.piece_names,
          text_of(direction)};
}

serve::FileConversion decode_conversion(const fs::path& source, const std::vector<std::string>& arguments) {
  CLI::App command;
  DecodeCommand all;
  add_decode_options(&command, &all);
  parse(command, source, arguments);
  take_retrieval(all);
  batch::DecodeSettings settings = decode_settings(all.files, all.transform, all.decode);
  settings.checks_pixels = true;
  const auto decoder = std::make_shared<batch::Decoder>(settings);
  const Direction direction = decoding(settings, *decoder);
  return {decoder,           direction.extension, direction.makes_tiles, direction.joins_tiles, direction.piece_names,
          text_of(direction)};
}

void add_encode(CLI::App& app, Exit& result) {
  auto state = std::make_shared<EncodeCommand>();
  CLI::App* command = app.add_subcommand("encode", "Sounds to pictures");
  add_encode_options(command, state.get());
  command->callback(
      [state, &result] { result = encode(state->files, state->transform, state->encode, state->options); });
}

void add_decode(CLI::App& app, Exit& result) {
  auto state = std::make_shared<DecodeCommand>();
  CLI::App* command = app.add_subcommand("decode", "Pictures to sounds");
  add_decode_options(command, state.get());
  command->callback([state, &result] {
    take_retrieval(*state);
    result = decode(state->files, state->transform, state->decode, state->options);
  });
}

Exit convert_files(const std::vector<std::string>& files) {
  FileOptions sounds;
  FileOptions pictures;
  for (const std::string& file : files) {
    (image::has_picture_extension(file) ? pictures : sounds).inputs.push_back(file);
  }
  const EncodeSettings settings = batch::encode_settings({});
  Exit worst = Exit::Ok;
  const RunOptions options;
  const auto take = [&](FileOptions& some, const Direction& direction) {
    if (some.inputs.empty()) return;
    some.plan.existing = batch::Existing::Rename;
    some.prints_names = true;
    worst = std::max(worst, convert(some, options, direction));
  };
  const batch::Encoder encoder(settings);
  take(sounds, encoding([&](int) -> const EncodeSettings& { return settings; }, {}, {}, encoder));
  const batch::DecodeSettings decode_settings;
  const batch::Decoder decoder(decode_settings);
  take(pictures, decoding(decode_settings, decoder));
  return worst;
}

}  // namespace spectrohue::cli
