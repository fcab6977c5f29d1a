// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace spectrohue::report {

// page.html, theme.css, page.css, common.js and page.js, put into the program by CMake. The theme and common.js are
// those of other pages, too.
extern const std::string_view kPageHtml;
extern const std::string_view kThemeCss;
extern const std::string_view kPageCss;
extern const std::string_view kCommonJs;
extern const std::string_view kPageJs;

/// Replaces {{name}}, which must be in the page, once.
void fill(std::string& page, const std::string& name, std::string_view text);

}  // namespace spectrohue::report
