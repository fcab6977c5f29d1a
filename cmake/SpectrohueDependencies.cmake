# Libraries of the host side. docs/dependencies.md says why each is here.
find_package(PkgConfig REQUIRED)
pkg_check_modules(SNDFILE REQUIRED IMPORTED_TARGET sndfile>=1.1.0)
pkg_check_modules(DEFLATE REQUIRED IMPORTED_TARGET libdeflate)
find_package(PNG REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto)

# Debian's libopencv-{core,imgcodecs}-dev hold no OpenCVConfig.cmake; only the libopencv-dev that pulls in all of
# OpenCV does. So: the package's own description where there is one, else headers and libraries by path.
find_package(OpenCV QUIET COMPONENTS core imgcodecs)
add_library(spectrohue_opencv INTERFACE)
if(OpenCV_FOUND)
  target_include_directories(spectrohue_opencv SYSTEM INTERFACE ${OpenCV_INCLUDE_DIRS})
  target_link_libraries(spectrohue_opencv INTERFACE ${OpenCV_LIBS})
else()
  find_path(SPECTROHUE_OPENCV_INCLUDE opencv2/imgcodecs.hpp PATH_SUFFIXES opencv4 REQUIRED)
  target_include_directories(spectrohue_opencv SYSTEM INTERFACE ${SPECTROHUE_OPENCV_INCLUDE})
  foreach(module IN ITEMS core imgcodecs)
    find_library(SPECTROHUE_OPENCV_${module} opencv_${module} REQUIRED)
    target_link_libraries(spectrohue_opencv INTERFACE ${SPECTROHUE_OPENCV_${module}})
  endforeach()
endif()
