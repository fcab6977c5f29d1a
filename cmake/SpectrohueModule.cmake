# One CMake target a folder. A folder's headers are reached as "folder/header.h", and only by targets that
# link the folder's target: each has an include root of its own, which holds nothing but a link to the folder.
# An include against the direction of the architecture does not compile.

find_package(Threads REQUIRED)

add_library(spectrohue_options INTERFACE)
target_compile_options(spectrohue_options INTERFACE
  # One result on every machine: no a*b+c contraction. errno and trap semantics of libm are not used.
  $<$<COMPILE_LANGUAGE:CXX>:-ffp-contract=off -fno-math-errno -fno-trapping-math -Wall -Wextra>
  $<$<COMPILE_LANGUAGE:CUDA>:-fmad=false -Xcompiler=-ffp-contract=off,-Wall,-Wextra>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 sees overlaps in std::string that are not there (GCC bug 105651).
  target_compile_options(spectrohue_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
endif()
if(SPECTROHUE_WARNINGS_AS_ERRORS)
  target_compile_options(spectrohue_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Werror>)
endif()
if(SPECTROHUE_SANITIZE)
  target_compile_options(spectrohue_options INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer>)
  target_link_options(spectrohue_options INTERFACE -fsanitize=address,undefined)
endif()
if(SPECTROHUE_FUZZ)
  target_compile_options(spectrohue_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# The include root of a folder: build/roots/NAME/ALIAS -> FOLDER.
function(spectrohue_include_root out name folder alias)
  set(root ${PROJECT_BINARY_DIR}/roots/${name})
  file(MAKE_DIRECTORY ${root})
  if(NOT EXISTS ${root}/${alias})
    file(CREATE_LINK ${folder} ${root}/${alias} SYMBOLIC)
  endif()
  set(${out} ${root} PARENT_SCOPE)
endfunction()

# spectrohue_module(NAME [SOURCES ...] [PUBLIC targets...] [PRIVATE targets...])
# makes spectrohue_NAME from the current folder, an interface library when there are no sources.
function(spectrohue_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;PUBLIC;PRIVATE")
  get_filename_component(alias ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  spectrohue_include_root(root ${name} ${CMAKE_CURRENT_SOURCE_DIR} ${alias})
  if(arg_SOURCES)
    add_library(spectrohue_${name} STATIC ${arg_SOURCES})
    target_include_directories(spectrohue_${name} PUBLIC ${root})
    target_link_libraries(spectrohue_${name} PUBLIC ${arg_PUBLIC} PRIVATE spectrohue_options ${arg_PRIVATE})
  else()
    add_library(spectrohue_${name} INTERFACE)
    target_include_directories(spectrohue_${name} INTERFACE ${root})
    target_link_libraries(spectrohue_${name} INTERFACE ${arg_PUBLIC})
  endif()
endfunction()
