# The library that others link, libspectrohue, and what `cmake --install` puts where.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# libspectrohue.so: the modules that define what include/spectrohue declares, whole, and what these need of the others.
# Everything else is hidden, so programs need nothing but the library and the standard library's headers.
set(api_modules core spectro files)
if(TARGET spectrohue_capi)
  list(APPEND api_modules capi)
endif()
list(TRANSFORM api_modules PREPEND spectrohue_)
list(TRANSFORM api_modules REPLACE "(.+)" "$<TARGET_FILE:\\1>" OUTPUT_VARIABLE api_archives)
list(JOIN api_archives "," api_archives)

set(symbols ${PROJECT_SOURCE_DIR}/cmake/libspectrohue.map)
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/libspectrohue.cpp "")
add_library(spectrohue_library SHARED ${CMAKE_CURRENT_BINARY_DIR}/libspectrohue.cpp)
add_library(spectrohue::spectrohue ALIAS spectrohue_library)
# Before 1.0 a minor version may change the interface.
set_target_properties(spectrohue_library PROPERTIES
  OUTPUT_NAME spectrohue EXPORT_NAME spectrohue
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
  LINK_DEPENDS ${symbols})
target_link_options(spectrohue_library PRIVATE
  -Wl,--version-script=${symbols} -Wl,--as-needed -Wl,--no-undefined
  "LINKER:--whole-archive,${api_archives},--no-whole-archive")
target_link_libraries(spectrohue_library PRIVATE ${api_modules})
add_dependencies(spectrohue_library ${api_modules})
target_compile_features(spectrohue_library INTERFACE cxx_std_20)
target_include_directories(spectrohue_library INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
