// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "serve/private_folder.h"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

#include "spectrohue/error.h"

namespace spectrohue::serve {

namespace fs = std::filesystem;

PrivateFolder::PrivateFolder(const fs::path& parent) {
  std::error_code error;
  const fs::path above = parent.empty() ? fs::temp_directory_path(error) : parent;
  std::string pattern = (above / "spectrohue-serve-XXXXXX").string();
  // mkdtemp makes it with mode 0700.
  if (error || mkdtemp(pattern.data()) == nullptr) {
    throw Error(ErrorCode::Write, "cannot make a folder for temporary files in '" + above.string() +
                                      "': " + (error ? error.message() : std::generic_category().message(errno)) +
                                      "; TMPDIR names another place");
  }
  path_ = fs::canonical(pattern);
}

PrivateFolder::~PrivateFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace spectrohue::serve
