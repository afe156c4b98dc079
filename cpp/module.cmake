# How a penstock module, program or test is built. Warnings are errors; symbols are hidden.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)

# Paths below the source tree are hashed relative to it: the presets and the wheel share what they compiled.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE_PROGRAM})
endif()

find_package(absl REQUIRED)
find_package(Threads REQUIRED)
include(cpp/static.cmake)
penstock_link_absl_statically()

# Warnings are errors in the presets, but in the sanitized ones: g++ warns of code that its sanitizers add, as its manual says.
add_library(penstock_flags INTERFACE)
target_include_directories(penstock_flags INTERFACE ${CMAKE_CURRENT_SOURCE_DIR}/cpp)
target_compile_options(penstock_flags INTERFACE
  -Wall -Wextra $<$<BOOL:${PENSTOCK_WARNINGS_ARE_ERRORS}>:-Werror> -Wnon-virtual-dtor -Woverloaded-virtual -Wno-missing-field-initializers
  $<$<CXX_COMPILER_ID:GNU>:-fcoroutines>)
# Debian's Abseil was built by g++: newer clangs mangle some of its constrained constructors in another way.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 18)
  target_compile_options(penstock_flags INTERFACE -fclang-abi-compat=17)
endif()
if(PENSTOCK_SANITIZE)
  target_compile_options(penstock_flags INTERFACE
    -fsanitize=${PENSTOCK_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(penstock_flags INTERFACE -fsanitize=${PENSTOCK_SANITIZE})
endif()

# In sanitized builds, which are there to run, what most sources include of the standard library is compiled once. The
# others show that each source includes what it needs.
if(PENSTOCK_SANITIZE)
  target_compile_options(penstock_flags INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess> "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/precompiled.cc CONTENT "")
  add_library(penstock_precompiled STATIC EXCLUDE_FROM_ALL ${CMAKE_BINARY_DIR}/precompiled.cc)
  target_link_libraries(penstock_precompiled PRIVATE penstock_flags)
  target_precompile_headers(penstock_precompiled PRIVATE <algorithm> <array> <atomic> <chrono> <coroutine> <deque>
    <functional> <map> <memory> <mutex> <optional> <set> <span> <string> <string_view> <utility> <variant> <vector>)
endif()

# penstock_module(NAME DEPENDS module... [LIBRARIES target...] [EXCLUDE file...])
# A static library penstock_NAME of every .cc beside the calling CMakeLists.txt. DEPENDS are the modules it may include;
# tests/tidy holds them against the layer table.
function(penstock_module name)
  cmake_parse_arguments(arg "" "" "DEPENDS;LIBRARIES;SOURCES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  list(APPEND sources ${arg_SOURCES})
  penstock_prefer_static(arg_LIBRARIES)
  list(TRANSFORM arg_DEPENDS PREPEND penstock_ OUTPUT_VARIABLE depends)
  if(sources)
    add_library(penstock_${name} STATIC ${sources})
    target_link_libraries(penstock_${name} PUBLIC penstock_flags ${depends} ${arg_LIBRARIES})
    if(PENSTOCK_SANITIZE)
      target_precompile_headers(penstock_${name} REUSE_FROM penstock_precompiled)
    endif()
  else()
    add_library(penstock_${name} INTERFACE)
    target_link_libraries(penstock_${name} INTERFACE penstock_flags ${depends} ${arg_LIBRARIES})
  endif()
endfunction()

# penstock_test(NAME DEPENDS module... [LIBRARIES target...])
# One GoogleTest program of every .cc beside the calling CMakeLists.txt.
function(penstock_test name)
  cmake_parse_arguments(arg "" "" "DEPENDS;LIBRARIES;SOURCES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  list(APPEND sources ${arg_SOURCES})
  if(NOT sources)
    return()
  endif()
  list(TRANSFORM arg_DEPENDS PREPEND penstock_ OUTPUT_VARIABLE depends)
  add_executable(${name} ${sources})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${depends} ${arg_LIBRARIES} GTest::gtest GTest::gmock GTest::gtest_main)
  if(PENSTOCK_TEST_HEADERS)
    target_precompile_headers(${name} REUSE_FROM ${PENSTOCK_TEST_HEADERS})
  endif()
  add_test(NAME ${name} COMMAND ${name})
endfunction()
