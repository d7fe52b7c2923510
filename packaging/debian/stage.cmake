# Run by cpack on the staged files of the debs: what Debian's policy asks of every package.
unset(ENV{DESTDIR}) # cpack leaves it set; file(INSTALL) would add it
find_program(GZIP gzip REQUIRED)

function(compress file)
    execute_process(COMMAND ${GZIP} -9nf "${file}" COMMAND_ERROR_IS_FATAL ANY)
endfunction()

foreach(component IN LISTS CPACK_COMPONENTS_ALL)
    string(TOUPPER ${component} upper)
    set(share "${CPACK_TEMPORARY_DIRECTORY}/${component}/usr/share")
    set(doc "${share}/doc/${CPACK_DEBIAN_${upper}_PACKAGE_NAME}")
    # The licence's text is on every Debian already; copyright points there.
    file(REMOVE "${doc}/LICENSE")
    file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/copyright" DESTINATION "${doc}")
    file(RENAME "${doc}/CHANGELOG.md" "${doc}/changelog")
    compress("${doc}/changelog")
    file(INSTALL "${CPACK_WEAVE_DEBIAN_CHANGELOG}" DESTINATION "${doc}")
    compress("${doc}/changelog.Debian")
endforeach()
