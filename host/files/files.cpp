// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "spectrohue/files.h"

#include <algorithm>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

#include "batch/decode.h"
#include "batch/encode.h"
#include "batch/tiles.h"
#include "spectrohue/error.h"

namespace spectrohue {

namespace fs = std::filesystem;

namespace {

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::Usage, why); }

/// Errors with the path of the input in front, and no other exceptions.
template <class Act>
FileConversion named(const fs::path& input, const Act& act) {
  const auto about = [&](const std::string& what) { return input.string() + ": " + what; };
  try {
    return act();
  } catch (const Error& error) {
    throw Error(error.code(), about(error.what()));
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::OutOfMemory, about("not enough memory for this file"));
  } catch (const std::exception& error) {
    throw Error(ErrorCode::Internal, about(error.what()));
  }
}

image::Format format_of(const fs::path& picture) {
  if (const auto format = image::format_of_extension(picture)) return *format;
  refuse("the output " + quoted(picture) + " should end in .png, .tiff, .npy, .npz, .jpg or .webp");
}

audio::Container container_of(const fs::path& sound) {
  const std::string extension = sound.extension().string();
  std::string name = extension.empty() ? "" : extension.substr(1);
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const audio::Container container : {audio::Container::Wav, audio::Container::Flac, audio::Container::Ogg}) {
    if (name == audio::to_string(container)) return container;
  }
  refuse("the output " + quoted(sound) + " should end in .wav, .flac or .ogg");
}

/// The output, or what an earlier run made of the same sound and this one would remove or replace.
std::optional<fs::path> existing_picture(const fs::path& picture, batch::PieceNames names, const fs::path& sound) {
  for (const fs::path& path : {picture, batch::tile_path(picture, 0, names)}) {
    if (fs::exists(path)) return path;
  }
  return batch::first_piece(picture, sound.filename().string());
}

void check_output(const fs::path& input, const fs::path& output, const std::optional<fs::path>& existing,
                  const FileOptions& options) {
  std::error_code error;
  if (fs::equivalent(input, output, error)) refuse("the output " + quoted(output) + " is the input");
  if (fs::is_directory(output, error)) refuse("the output " + quoted(output) + " is a folder");
  if (existing && !options.overwrites) refuse("the output " + quoted(*existing) + " exists already");
}

/// All pictures of the sound that `picture` is one of, in order; none if it is whole.
std::vector<fs::path> tiles_of(const fs::path& picture) {
  const std::optional<fs::path> whole = batch::whole_path(picture);
  if (!whole || !fs::exists(picture)) return {};
  const fs::path parent = picture.parent_path();
  const fs::path folder = parent.empty() ? "." : parent;
  batch::SourceList beside;
  const auto id = beside.add_folder(parent, {});
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (batch::whole_path(parent / entry.path().filename()) != whole || entry.is_directory()) continue;
    beside.add(id, entry.path().filename().string(), {}, false);
  }
  batch::join_tiles(beside);
  for (std::size_t i = 0; i < beside.size(); ++i) {
    std::vector<fs::path> tiles = beside[i].tiles;
    if (std::ranges::find(tiles, picture) != tiles.end()) return tiles;
  }
  return {};
}

int all_processors() { return static_cast<int>(std::max(1U, std::thread::hardware_concurrency())); }

}  // namespace

struct FileConverter::State {
  State(std::unique_ptr<Backend> backend, int threads) : worker(std::move(backend), threads) { job.threads = threads; }

  /// Outputs that have no name yet are removed when it throws.
  FileConversion run(const batch::Conversion& conversion, const batch::Task& task) {
    job.restart(task);
    try {
      conversion.read(job);
      conversion.compute(worker, job);
      conversion.write(job);
    } catch (...) {
      job.restart({});
      throw;
    }
    FileConversion done;
    for (const auto& output : job.outputs) done.outputs.push_back(output->destination());
    done.audio_seconds = job.converted.audio_seconds;
    done.bytes_written = job.converted.bytes_written;
    done.messages = job.converted.messages;
    done.convergence = job.converted.convergence;
    job.restart({});
    return done;
  }

  batch::Worker worker;
  batch::Job job;
};

FileConverter::FileConverter(std::unique_ptr<Backend> backend, int threads) {
  if (threads < 1) refuse("a converter has at least one thread, not " + std::to_string(threads));
  state_ = std::make_unique<State>(std::move(backend), threads);
}
FileConverter::~FileConverter() = default;
FileConverter::FileConverter(FileConverter&&) noexcept = default;
FileConverter& FileConverter::operator=(FileConverter&&) noexcept = default;

FileConversion FileConverter::encode(const fs::path& sound, const fs::path& picture, const EncodeSettings& settings,
                                     const FileOptions& options) {
  return named(sound, [&] {
    if (options.quality < 1 || options.quality > 100) {
      refuse("the quality " + std::to_string(options.quality) + " of pictures with loss is not in 1 .. 100");
    }
    const batch::PictureOutput output{format_of(picture), options.quality};
    if (image::is_lossy(output.format) && holds_phase(settings.pixels.encoding) && !options.allows_loss_of_phase) {
      refuse("phases do not survive the losses of " + image::to_string(output.format) + " (" +
             to_string(settings.pixels.encoding) + " holds some); use PNG or an encoding of magnitudes");
    }
    const TileSettings tiles{options.tile_width};
    batch::validate(settings, tiles, output);
    const batch::PieceNames names = batch::piece_names(settings.pixels.encoding, output);
    check_output(sound, picture, existing_picture(picture, names, sound), options);
    const batch::Encoder encoder(settings, image::compression_from_string(options.compression), tiles, false, output);
    return state_->run(encoder, {sound, picture, {}, sound.filename()});
  });
}

FileConversion FileConverter::decode(const fs::path& picture, const fs::path& sound, const RetrievalSettings& retrieval,
                                     const FileOptions& options) {
  return named(picture, [&] {
    batch::DecodeSettings settings;
    settings.container = container_of(sound);
    settings.flags.retrieval = retrieval;
    check_output(picture, sound, fs::exists(sound) ? std::optional(sound) : std::nullopt, options);
    const std::vector<fs::path> tiles = tiles_of(picture);
    const fs::path& first = tiles.empty() ? picture : tiles.front();
    return state_->run(batch::Decoder(settings), {first, sound, tiles, first.filename()});
  });
}

FileConversion encode_file(const fs::path& sound, const fs::path& picture, const EncodeSettings& settings,
                           const FileOptions& options) {
  return FileConverter(make_backend("auto"), all_processors()).encode(sound, picture, settings, options);
}

FileConversion decode_file(const fs::path& picture, const fs::path& sound, const RetrievalSettings& retrieval,
                           const FileOptions& options) {
  return FileConverter(make_backend("auto"), all_processors()).decode(picture, sound, retrieval, options);
}

}  // namespace spectrohue
