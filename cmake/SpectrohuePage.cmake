# Files of a web page, put into the program as strings.

# spectrohue_embed(OUT NAMESPACE HEADER FILES...) writes a source file, whose path OUT becomes: page.html is
# const std::string_view kPageHtml of spectrohue::NAMESPACE, which HEADER declares.
function(spectrohue_embed out namespace header)
  set(text "// SPDX-FileCopyrightText: 2026 The spectrohue authors\n// SPDX-License-Identifier: MIT\n")
  string(APPEND text "#include \"${header}\"\n\nnamespace spectrohue::${namespace} {\n\n")
  foreach(part IN LISTS ARGN)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${part})
    string(REGEX MATCHALL "[a-z]+" words ${part})
    set(name k)
    foreach(word IN LISTS words)
      string(SUBSTRING ${word} 0 1 first)
      string(SUBSTRING ${word} 1 -1 rest)
      string(TOUPPER ${first} first)
      string(APPEND name ${first}${rest})
    endforeach()
    file(READ ${part} content)
    string(APPEND text "const std::string_view ${name} = R\"~page~(${content})~page~\";\n")
  endforeach()
  string(APPEND text "\n}  // namespace spectrohue::${namespace}\n")
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/page.cpp CONTENT "@text@" @ONLY)
  set(${out} ${CMAKE_CURRENT_BINARY_DIR}/page.cpp PARENT_SCOPE)
endfunction()
