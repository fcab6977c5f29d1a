// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Every call into CUDA and cuFFT stands in one of these.
#pragma once

#include <cuda_runtime_api.h>
#include <cufft.h>

#include <cstddef>
#include <cstring>
#include <string>

#include "spectrohue/error.h"

namespace spectrohue::cuda {

namespace detail {

/// "call failed on cuda:0: NAME (text) at file.cu:12". The file without its folders, which are the building machine's.
inline std::string describe(const char* call, const std::string& error, const char* file, int line) {
  const char* slash = std::strrchr(file, '/');
  int ordinal = -1;
  const bool known = cudaGetDevice(&ordinal) == cudaSuccess;
  return std::string(call) + " failed" + (known ? " on cuda:" + std::to_string(ordinal) : "") + ": " + error + " at " +
         (slash != nullptr ? slash + 1 : file) + ":" + std::to_string(line);
}

inline std::string describe(cudaError_t error) {
  return std::string(cudaGetErrorName(error)) + " (" + cudaGetErrorString(error) + ")";
}

inline const char* name_of(cufftResult error) {
  switch (error) {
    case CUFFT_SUCCESS: return "CUFFT_SUCCESS";
    case CUFFT_INVALID_PLAN: return "CUFFT_INVALID_PLAN";
    case CUFFT_ALLOC_FAILED: return "CUFFT_ALLOC_FAILED";
    case CUFFT_INVALID_TYPE: return "CUFFT_INVALID_TYPE";
    case CUFFT_INVALID_VALUE: return "CUFFT_INVALID_VALUE";
    case CUFFT_INTERNAL_ERROR: return "CUFFT_INTERNAL_ERROR";
    case CUFFT_EXEC_FAILED: return "CUFFT_EXEC_FAILED";
    case CUFFT_SETUP_FAILED: return "CUFFT_SETUP_FAILED";
    case CUFFT_INVALID_SIZE: return "CUFFT_INVALID_SIZE";
    default: return "a cuFFT error";
  }
}

/// An error that leaves the device usable would otherwise be seen again by the next check of a launch.
inline void forget_last_error() noexcept { static_cast<void>(cudaGetLastError()); }

inline void check(cudaError_t error, const char* call, const char* file, int line) {
  if (error == cudaSuccess) return;
  forget_last_error();
  const ErrorCode code = error == cudaErrorMemoryAllocation ? ErrorCode::OutOfMemory : ErrorCode::Device;
  throw Error(code, describe(call, describe(error), file, line));
}

inline void check_allocation(cudaError_t error, std::size_t bytes, const char* memory, const char* call,
                             const char* file, int line) {
  if (error == cudaSuccess) return;
  forget_last_error();
  std::string message = "cannot allocate " + std::to_string(bytes) + " bytes of " + memory;
  std::size_t free_bytes = 0;
  std::size_t total_bytes = 0;
  if (cudaMemGetInfo(&free_bytes, &total_bytes) == cudaSuccess) {
    message += " (device: " + std::to_string(free_bytes) + " of " + std::to_string(total_bytes) + " bytes free)";
  }
  forget_last_error();
  const ErrorCode code = error == cudaErrorMemoryAllocation ? ErrorCode::OutOfMemory : ErrorCode::Device;
  throw Error(code, message + ": " + describe(call, describe(error), file, line));
}

inline void check(cufftResult error, const char* call, const char* file, int line) {
  if (error == CUFFT_SUCCESS) return;
  forget_last_error();
  const ErrorCode code = error == CUFFT_ALLOC_FAILED ? ErrorCode::OutOfMemory : ErrorCode::Device;
  throw Error(code, describe(call, std::string(name_of(error)) + " (code " + std::to_string(error) + ")", file, line));
}

}  // namespace detail

/// Throws Error(Device), or Error(OutOfMemory) if that is what CUDA says.
#define CUDA_CHECK(call) ::spectrohue::cuda::detail::check((call), #call, __FILE__, __LINE__)
#define CUFFT_CHECK(call) ::spectrohue::cuda::detail::check((call), #call, __FILE__, __LINE__)

/// For calls that allocate: adds the bytes asked for and what is free. memory: "device memory", "pinned host memory".
#define CUDA_CHECK_ALLOCATION(call, bytes, memory) \
  ::spectrohue::cuda::detail::check_allocation((call), (bytes), (memory), #call, __FILE__, __LINE__)

/// For destructors, which must not throw. What goes wrong there is either the echo of an error that a checked call
/// reports, or a runtime that is unloading at the end of the program and has freed everything by itself.
#define CUDA_CHECK_QUIET(call)                                                  \
  do {                                                                          \
    if ((call) != cudaSuccess) ::spectrohue::cuda::detail::forget_last_error(); \
  } while (false)
#define CUFFT_CHECK_QUIET(call) static_cast<void>(call)

}  // namespace spectrohue::cuda
