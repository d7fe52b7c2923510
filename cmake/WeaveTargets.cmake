# Compile options shared by every target, and the two functions that declare layers and tests.

add_library(weave_options INTERFACE)
target_compile_options(weave_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast
    -Wcast-align -Wformat=2 -Wimplicit-fallthrough)
if(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
    target_compile_options(weave_options INTERFACE -fno-plt)
endif()
# Debuggers look for sources from the build folder, and ccache knows what another checkout has compiled.
target_compile_options(weave_options INTERFACE -fdebug-prefix-map=${CMAKE_BINARY_DIR}=.)
if(WEAVE_WERROR)
    target_compile_options(weave_options INTERFACE -Werror)
endif()
if(WEAVE_SANITIZE)
    target_compile_options(weave_options INTERFACE
        -fsanitize=${WEAVE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(weave_options INTERFACE -fsanitize=${WEAVE_SANITIZE})
endif()
if(WEAVE_HARDEN)
    target_compile_options(weave_options INTERFACE
        -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong
        # The folder it was built in is no part of a package.
        -ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -ffile-prefix-map=${CMAKE_BINARY_DIR}=build)
    if(NOT APPLE)
        target_link_options(weave_options INTERFACE -Wl,-z,relro,-z,now)
    endif()
endif()
if(WEAVE_COVERAGE)
    target_compile_options(weave_options INTERFACE --coverage -O0)
    target_link_options(weave_options INTERFACE --coverage)
endif()

# Qt's convenience is kept where it costs nothing and forbidden where it hides a conversion.
add_library(weave_qt_options INTERFACE)
target_link_libraries(weave_qt_options INTERFACE weave_options)
target_compile_definitions(weave_qt_options INTERFACE
    QT_NO_CAST_TO_ASCII QT_NO_CAST_FROM_BYTEARRAY QT_NO_URL_CAST_FROM_STRING
    QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_NO_FOREACH QT_NO_KEYWORDS QT_STRICT_ITERATORS
    QT_DISABLE_DEPRECATED_BEFORE=0x060400)

# What moc writes is compiled even where it is empty, as in a test; the headers read beforehand would be all its cost.
function(weave_skip_precompiled_mocs target)
    set_source_files_properties(${CMAKE_CURRENT_BINARY_DIR}/${target}_autogen/mocs_compilation.cpp
        PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
endfunction()

# weave_precompile(<target> <header>): reads a large header of Qt once for all files of a target. Most of them include
# it anyway, and it takes a half to two thirds of what compiling one takes: 6.5 s against 2.4 for widgets/mainwindow.cpp.
# Presets dev and clang read nothing beforehand, so ./dev lint finds a file that lacks the include. Not for core: with it
# gcc 12 warns of <string>'s own code there.
function(weave_precompile target header)
    target_precompile_headers(${target} PRIVATE ${header})
    weave_skip_precompiled_mocs(${target})
endfunction()

# weave_add_layer(NAME <layer> SOURCES <files> DEPENDS <layers> [QT <modules>])
# One static library a layer. What a layer may include is what it links: tests/checklayers.cmake
# holds the same table and looks at every #include.
function(weave_add_layer)
    cmake_parse_arguments(ARG "" "NAME" "SOURCES;DEPENDS;QT" ${ARGN})
    set(target weave_${ARG_NAME})
    add_library(${target} STATIC ${ARG_SOURCES})
    target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/core)
    if(ARG_QT)
        list(TRANSFORM ARG_QT PREPEND Qt6::)
        target_link_libraries(${target} PUBLIC weave_qt_options ${ARG_QT})
    else()
        set_target_properties(${target} PROPERTIES AUTOMOC OFF)
        target_link_libraries(${target} PUBLIC weave_options)
    endif()
    list(TRANSFORM ARG_DEPENDS PREPEND weave_)
    target_link_libraries(${target} PUBLIC ${ARG_DEPENDS})
endfunction()

# What tests are compiled with: they are read by a compiler more often than they are run, and -O2 with all of what a
# debugger may ask takes twice as long as this (10.6 s against 5.6 for tst_deliveryqueue). What they test stays as built.
add_library(weave_test_options INTERFACE)
target_link_libraries(weave_test_options INTERFACE weave_qt_options)
if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
    target_compile_options(weave_test_options INTERFACE -O1 -g1)
endif()

# weave_add_test(NAME <program> SOURCES <files> LINKS <targets> [LABELS <labels>] [TIMEOUT <s>])
# A QtTest program of its own; it links the layer it tests and nothing beside it.
#
# Reading <QTest> is a third to a half of what compiling a test takes, so it is read once a folder.
# It is the only header that is read beforehand: every test includes it, and gets no other by that.
function(weave_add_test)
    cmake_parse_arguments(ARG "" "NAME;TIMEOUT" "SOURCES;LINKS;LABELS" ${ARGN})
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 60)
    endif()
    add_executable(${ARG_NAME} ${ARG_SOURCES})
    target_link_libraries(${ARG_NAME} PRIVATE weave_test_options Qt6::Test ${ARG_LINKS})
    target_include_directories(${ARG_NAME} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    cmake_path(GET CMAKE_CURRENT_SOURCE_DIR FILENAME folder)
    set(headers weave_${folder}_headers)
    if(NOT TARGET ${headers})
        file(GENERATE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/headers.cpp CONTENT "")
        add_library(${headers} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/headers.cpp)
        set_target_properties(${headers} PROPERTIES AUTOMOC OFF)
        target_link_libraries(${headers} PRIVATE weave_test_options Qt6::Test)
        # Not <QTest> itself, which depends on the Qt modules that a test links.
        target_precompile_headers(${headers} PRIVATE <QtTest/qtestcase.h>)
    endif()
    target_precompile_headers(${ARG_NAME} REUSE_FROM ${headers})
    weave_skip_precompiled_mocs(${ARG_NAME})
    add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME})
    set_tests_properties(${ARG_NAME} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()
