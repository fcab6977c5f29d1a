# What desktops of freedesktop.org's kind find the program by: a menu entry, one to drop files on, and the icon.
include(GNUInstallDirs)
set(desktop ${PROJECT_SOURCE_DIR}/deploy/desktop)
install(FILES ${desktop}/spectrohue.desktop ${desktop}/spectrohue-convert.desktop
  DESTINATION ${CMAKE_INSTALL_DATADIR}/applications COMPONENT program)
install(FILES ${desktop}/spectrohue.svg DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps
  COMPONENT program)
