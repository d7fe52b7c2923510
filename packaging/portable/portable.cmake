# weave-sidecar-VERSION-linux-ARCH.tar.gz: both programs with their Qt, for systems without packages.
set(CPACK_WEAVE_PORTABLE_NAME
    "weave-sidecar-${PROJECT_VERSION}-linux-${CMAKE_SYSTEM_PROCESSOR}")
set(CPACK_WEAVE_PORTABLE_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/bundle.cmake)
# Qt's plugins lie in different places; qt-paths knows.
get_target_property(qtpaths Qt6::qtpaths LOCATION)
if(NOT qtpaths)
    set(qtpaths qtpaths6)
endif()
set(CPACK_WEAVE_QTPATHS ${qtpaths})
