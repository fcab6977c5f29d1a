# The library that others link, libspectrohue, and what `cmake --install` puts where.
if(SPECTROHUE_SANITIZE OR SPECTROHUE_FUZZ)
  return()  # made to be tested, not installed
endif()
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# Names of Debian packages (cmake/SpectrohuePackage.cmake), and of the folders of their licences.
set(SPECTROHUE_PACKAGE_program spectrohue)
set(SPECTROHUE_PACKAGE_opencv spectrohue-opencv)
set(SPECTROHUE_PACKAGE_library libspectrohue-dev)
if(SPECTROHUE_HAVE_CUDA)
  set(SPECTROHUE_PACKAGE_program spectrohue-cuda)
  set(SPECTROHUE_PACKAGE_library libspectrohue-cuda-dev)
endif()

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
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_RUNTIME_OUTPUT_DIRECTORY} LINK_DEPENDS ${symbols})
target_link_options(spectrohue_library PRIVATE
  -Wl,--version-script=${symbols} -Wl,--as-needed -Wl,--no-undefined
  "LINKER:--whole-archive,${api_archives},--no-whole-archive")
target_link_libraries(spectrohue_library PRIVATE ${api_modules})
add_dependencies(spectrohue_library ${api_modules})
target_compile_features(spectrohue_library INTERFACE cxx_std_20)
target_include_directories(spectrohue_library INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

# The manual page and what shells complete, as the program describes itself.
set(described ${PROJECT_BINARY_DIR}/described)
set(descriptions "")
foreach(pair IN ITEMS man=spectrohue.1 bash=spectrohue zsh=_spectrohue fish=spectrohue.fish)
  string(REPLACE "=" ";" pair ${pair})
  list(GET pair 0 what)
  list(GET pair 1 name)
  add_custom_command(OUTPUT ${described}/${name}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${described}
    COMMAND spectrohue describe ${what} > ${described}/${name}
    DEPENDS spectrohue VERBATIM)
  list(APPEND descriptions ${described}/${name})
endforeach()
add_custom_target(spectrohue_descriptions ALL DEPENDS ${descriptions})

# Components: program, opencv (host/image/CMakeLists.txt), library.
install(TARGETS spectrohue COMPONENT program)
install(FILES ${described}/spectrohue.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program)
install(FILES ${described}/spectrohue
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT program)
install(FILES ${described}/_spectrohue DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions COMPONENT program)
install(FILES ${described}/spectrohue.fish
  DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT program)

install(TARGETS spectrohue_library EXPORT spectrohue COMPONENT library)
install(DIRECTORY include/spectrohue DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library
  FILES_MATCHING PATTERN *.h)
install(FILES ${PROJECT_BINARY_DIR}/include/spectrohue/version.h
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/spectrohue COMPONENT library)
set(config_folder ${CMAKE_INSTALL_LIBDIR}/cmake/spectrohue)
install(EXPORT spectrohue NAMESPACE spectrohue:: FILE spectrohueTargets.cmake DESTINATION ${config_folder}
  COMPONENT library)
configure_package_config_file(cmake/spectrohueConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/spectrohueConfig.cmake
  INSTALL_DESTINATION ${config_folder})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/spectrohueConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/spectrohueConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/spectrohueConfigVersion.cmake
  DESTINATION ${config_folder} COMPONENT library)

# The folder may be moved: the file says where it is.
set(pkgconfig_folder ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH PREFIX_FROM_PC /prefix/${pkgconfig_folder} /prefix)
configure_file(cmake/spectrohue.pc.in ${CMAKE_CURRENT_BINARY_DIR}/spectrohue.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/spectrohue.pc DESTINATION ${pkgconfig_folder} COMPONENT library)

# Every component has the licences: each is a package of its own.
foreach(component IN ITEMS program opencv library)
  set(folder ${CMAKE_INSTALL_DATADIR}/doc/${SPECTROHUE_PACKAGE_${component}})
  install(FILES LICENSE DESTINATION ${folder} RENAME copyright COMPONENT ${component})
  install(DIRECTORY licences DESTINATION ${folder} COMPONENT ${component})
endforeach()
install(FILES README.md CHANGELOG.md
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${SPECTROHUE_PACKAGE_program} COMPONENT program)
