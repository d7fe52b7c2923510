# Control files of the debs; stage.cmake adds the files that only Debian asks for.
set(CPACK_DEBIAN_DAEMON_PACKAGE_CONTROL_EXTRA
    ${CMAKE_CURRENT_LIST_DIR}/daemon/postinst
    ${CMAKE_CURRENT_LIST_DIR}/daemon/prerm
    ${CMAKE_CURRENT_LIST_DIR}/daemon/postrm
    ${CMAKE_CURRENT_LIST_DIR}/daemon/conffiles)

# SOURCE_DATE_EPOCH, where it is set, is the time here.
string(TIMESTAMP changelog_date "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(${CMAKE_CURRENT_LIST_DIR}/changelog.in changelog.Debian @ONLY)
set(CPACK_WEAVE_DEBIAN_CHANGELOG ${CMAKE_CURRENT_BINARY_DIR}/changelog.Debian)
set(CPACK_WEAVE_DEBIAN_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/stage.cmake)
