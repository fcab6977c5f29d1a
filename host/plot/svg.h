// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "plot/drawing.h"

namespace spectrohue::plot {

/// An SVG 1.1 document. Images are PNGs inside it; text is text, and as long as it was measured, whatever font the
/// reader has. Depends on its arguments alone. Cairo is not used: its SVGs hold outlines of glyphs instead of text.
/// title: of the document, for screen readers and tabs.
std::string to_svg(const Drawing& drawing, const std::string& title);

/// Text as XML can hold it: what is not UTF-8 becomes U+FFFD, and so do control characters.
std::string printable_utf8(const std::string& text);

}  // namespace spectrohue::plot
