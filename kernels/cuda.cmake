# spectrohue_kernel_logic: the part of the device code that needs no CUDA; every build has it, for its tests.
# spectrohue_cuda: the CUDA backend.
spectrohue_include_root(kernels_root kernels ${CMAKE_CURRENT_SOURCE_DIR} kernels)

add_library(spectrohue_kernel_logic INTERFACE)
target_include_directories(spectrohue_kernel_logic INTERFACE ${kernels_root})
target_link_libraries(spectrohue_kernel_logic INTERFACE spectrohue_api spectrohue_math spectrohue_core)

if(SPECTROHUE_HAVE_CUDA)
  add_library(spectrohue_cuda STATIC closed_loop.cu cuda_backend.cu fft.cu frames.cu overlap_add.cu peak.cu pixels.cu
    phase_forest.cu projector.cu png/cuda_png.cu png/stripes.cu)
  target_include_directories(spectrohue_cuda PUBLIC ${kernels_root})
  target_link_libraries(spectrohue_cuda
    PUBLIC spectrohue_api
    PRIVATE spectrohue_math spectrohue_core spectrohue_options CUDA::cudart_static CUDA::cufft)
  # No device code is called across files, so it need not be linked; whole-file optimisation stays.
  set_target_properties(spectrohue_cuda PROPERTIES CUDA_SEPARABLE_COMPILATION OFF)
endif()
