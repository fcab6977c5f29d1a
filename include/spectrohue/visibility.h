/* SPDX-FileCopyrightText: 2026 The spectrohue authors
   SPDX-License-Identifier: MIT

   What libspectrohue shows. All else in it is hidden. */
#pragma once

#ifdef __cplusplus
#define SPECTROHUE_API [[gnu::visibility("default")]]
#else
#define SPECTROHUE_API __attribute__((visibility("default")))
#endif
