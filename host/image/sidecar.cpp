// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/sidecar.h"

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <memory>

#include "image/file_io.h"
#include "image/note.h"
#include "spectrohue/error.h"

namespace spectrohue::image {

namespace {

namespace fs = std::filesystem;

fs::path sidecar_path(fs::path picture) { return picture.replace_extension(".json"); }

}  // namespace

Sidecar make_sidecar(const fs::path& picture, const PictureNote& note) {
  return {sidecar_path(picture), to_json(note) + "\n"};
}

void write_sidecar(const fs::path& picture, const PictureNote& note) {
  const Sidecar sidecar = make_sidecar(picture, note);
  errno = 0;
  std::ofstream out(sidecar.path, std::ios::binary | std::ios::trunc);
  out << sidecar.text;
  out.close();
  if (!out) throw Error(ErrorCode::Write, "cannot write the sidecar: " + system_reason(errno));
}

std::optional<PictureNote> read_sidecar(const fs::path& picture) {
  const fs::path path = sidecar_path(picture);
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  std::string text(kMaxNoteBytes + 2, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (!looks_like_note(text)) return std::nullopt;
  try {
    return note_from_json(text);
  } catch (const Error& error) {
    throw Error(error.code(), "in the sidecar '" + path.filename().string() + "': " + error.what());
  }
}

void remove_sidecar(const fs::path& picture, const PictureNote& note) {
  try {
    std::error_code ignored;
    if (read_sidecar(picture) == note) fs::remove(sidecar_path(picture), ignored);
  } catch (const Error&) {  // it holds something else
  }
}

bool looks_like_note(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  return start != std::string_view::npos && text[start] == '{' && text.find("\"spectrohue\"") != std::string_view::npos;
}

}  // namespace spectrohue::image
