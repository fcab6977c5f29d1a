// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "spectrohue/files.h"

#include <algorithm>
#include <new>
#include <thread>
#include <utility>

#include "batch/decode.h"
#include "batch/encode.h"
#include "files/file_task.h"
#include "spectrohue/error.h"

namespace spectrohue {

namespace fs = std::filesystem;

namespace {

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
    const batch::PictureOutput output{files::picture_format(picture), options.quality};
    if (!options.allows_loss_of_phase) files::refuse_loss_of_phase(output.format, settings.pixels.encoding);
    const TileSettings tiles{options.tile_width};
    batch::validate(settings, tiles, output);
    const batch::PieceNames names = batch::piece_names(settings.pixels.encoding, output);
    const batch::Task task = files::encode_task(sound, picture, names, options.overwrites);
    const batch::Encoder encoder(settings, image::compression_from_string(options.compression), tiles, false, output);
    return state_->run(encoder, task);
  });
}

FileConversion FileConverter::decode(const fs::path& picture, const fs::path& sound, const RetrievalSettings& retrieval,
                                     const FileOptions& options) {
  return named(picture, [&] {
    batch::DecodeSettings settings;
    settings.container = files::sound_container(sound);
    settings.flags.retrieval = retrieval;
    return state_->run(batch::Decoder(settings), files::decode_task(picture, sound, options.overwrites));
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
