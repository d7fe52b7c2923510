# Run by cpack on the staged files of the tar.gz: brings them into the archive's shape, adds the libraries and
# plugins that the programs need, their licences, and a list of what was added.
#
# What a Linux with glibc 2.36 has is left out: glibc, libstdc++, zlib, and what belongs to the machine's
# display (X11, OpenGL, fonts, D-Bus). OpenSSL is left out as well, so that TLS is repaired with the system.
unset(ENV{DESTDIR}) # cpack leaves it set; file(INSTALL) would add it
set(top "${CPACK_TEMPORARY_DIRECTORY}")
set(here "${CMAKE_CURRENT_LIST_DIR}")
set(share "${top}/share/weave-sidecar")
set(doc "${top}/share/doc/weave-sidecar")

find_program(PATCHELF patchelf REQUIRED)
find_program(DPKG_QUERY dpkg-query REQUIRED) # whose libraries these are, and under which licence
execute_process(COMMAND ${CPACK_WEAVE_QTPATHS} --query QT_INSTALL_PLUGINS
    OUTPUT_VARIABLE qt_plugins OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)

# --- from the tree of a package to one that lies anywhere ---------------------------------------

file(GLOB staged "${top}/usr/*")
foreach(path IN LISTS staged)
    get_filename_component(name "${path}" NAME)
    file(RENAME "${path}" "${top}/${name}")
endforeach()
file(MAKE_DIRECTORY "${share}")
file(RENAME "${top}/etc/weave-sidecar/config.toml" "${share}/config.toml")
file(REMOVE_RECURSE "${top}/usr" "${top}/etc")
foreach(folder systemd sysusers.d)
    if(EXISTS "${top}/lib/${folder}")
        file(RENAME "${top}/lib/${folder}" "${share}/${folder}")
    endif()
endforeach()
file(INSTALL "${here}/install.sh" DESTINATION "${top}" USE_SOURCE_PERMISSIONS)
file(INSTALL "${CPACK_RESOURCE_FILE_LICENSE}" DESTINATION "${top}")

# --- libraries and plugins ----------------------------------------------------------------------

set(programs "${top}/bin/weave-sidecar")
set(plugins tls/libqopensslbackend.so)
if(EXISTS "${top}/bin/weave-sidecar-tray")
    list(APPEND programs "${top}/bin/weave-sidecar-tray")
    list(APPEND plugins
        platforms/libqxcb.so platforms/libqoffscreen.so
        imageformats/libqsvg.so iconengines/libqsvgicon.so
        platforminputcontexts/libcomposeplatforminputcontextplugin.so
        platforminputcontexts/libibusplatforminputcontextplugin.so)
endif()
list(TRANSFORM plugins PREPEND "${qt_plugins}/" OUTPUT_VARIABLE modules)

file(GET_RUNTIME_DEPENDENCIES
    EXECUTABLES ${programs}
    MODULES ${modules}
    RESOLVED_DEPENDENCIES_VAR libraries
    UNRESOLVED_DEPENDENCIES_VAR missing
    PRE_EXCLUDE_REGEXES
        "^ld-linux" "^lib(c|m|dl|rt|pthread|resolv|util|nsl)\\.so" "^libstdc\\+\\+" "^libgcc_s" "^libz\\.so"
        "^lib(GL|EGL|GLX|OpenGL|GLdispatch|drm|gbm)\\." "^libX" "^libxcb\\.so" "^libICE" "^libSM"
        "^libfontconfig" "^libfreetype" "^libexpat" "^libdbus-1")
if(missing)
    message(FATAL_ERROR "Libraries that the portable archive needs were not found: ${missing}")
endif()

set(bundled) # path in the archive|file of this system
foreach(library IN LISTS libraries)
    get_filename_component(name "${library}" NAME)
    file(REAL_PATH "${library}" real)
    # One file under its SONAME; the chain of links to it serves developers only.
    file(INSTALL "${real}" DESTINATION "${top}/lib" RENAME "${name}")
    list(APPEND bundled "lib/${name}|${real}")
endforeach()
foreach(plugin IN LISTS plugins)
    get_filename_component(folder "${plugin}" DIRECTORY)
    file(INSTALL "${qt_plugins}/${plugin}" DESTINATION "${top}/plugins/${folder}")
    file(REAL_PATH "${qt_plugins}/${plugin}" real)
    list(APPEND bundled "plugins/${plugin}|${real}")
endforeach()

function(set_rpath rpath)
    foreach(file IN LISTS ARGN)
        execute_process(COMMAND ${PATCHELF} --set-rpath "${rpath}" "${file}" COMMAND_ERROR_IS_FATAL ANY)
        file(CHMOD "${file}" PERMISSIONS
            OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
    endforeach()
endfunction()
file(GLOB bundled_libraries "${top}/lib/*.so*")
list(TRANSFORM plugins PREPEND "${top}/plugins/" OUTPUT_VARIABLE bundled_plugins)
set_rpath("$ORIGIN/../lib" ${programs})
set_rpath("$ORIGIN" ${bundled_libraries})
set_rpath("$ORIGIN/../../lib" ${bundled_plugins})
file(WRITE "${top}/bin/qt.conf" "[Paths]\nPrefix = ..\nPlugins = plugins\nLibraries = lib\n")

# --- which glibc all of that asks for ------------------------------------------------------------

find_program(READELF readelf REQUIRED)
set(glibc 0)
foreach(file IN LISTS programs bundled_libraries bundled_plugins)
    execute_process(COMMAND ${READELF} -VW "${file}" OUTPUT_VARIABLE versions COMMAND_ERROR_IS_FATAL ANY)
    string(REGEX MATCHALL "Name: GLIBC_[0-9.]+" versions "${versions}")
    foreach(version IN LISTS versions)
        string(REPLACE "Name: GLIBC_" "" version ${version})
        if(version VERSION_GREATER glibc)
            set(glibc ${version})
        endif()
    endforeach()
endforeach()
configure_file("${here}/README.in" "${top}/README" @ONLY)

# --- licences, and the list ---------------------------------------------------------------------

# The package that a file of this system belongs to. Where /lib is a link to /usr/lib, dpkg knows files
# by either name.
function(package_of file result)
    string(REGEX REPLACE "^/usr/lib/" "/lib/" other "${file}")
    foreach(candidate "${file}" "${other}")
        execute_process(COMMAND ${DPKG_QUERY} -S "${candidate}"
            OUTPUT_VARIABLE output RESULT_VARIABLE failed ERROR_QUIET)
        if(NOT failed)
            string(REGEX REPLACE ":.*" "" package "${output}")
            set(${result} ${package} PARENT_SCOPE)
            return()
        endif()
    endforeach()
    message(FATAL_ERROR "${file} belongs to no package, so its licence is unknown")
endfunction()

set(list "# file\tpackage\tversion\tsource package\tits version\n")
set(common_licences LGPL-3 GPL-3) # LGPL 3 is read together with GPL 3
list(SORT bundled)
foreach(pair IN LISTS bundled)
    string(REPLACE "|" ";" pair "${pair}")
    list(GET pair 0 path)
    list(GET pair 1 real)
    package_of("${real}" package)
    execute_process(
        COMMAND ${DPKG_QUERY} -W "-f=\${Version}\t\${source:Package}\t\${source:Version}\n" "${package}"
        OUTPUT_VARIABLE about COMMAND_ERROR_IS_FATAL ANY)
    string(REGEX REPLACE "\n.*" "" about "${about}") # a line for each architecture
    string(APPEND list "${path}\t${package}\t${about}\n")
    file(REAL_PATH "/usr/share/doc/${package}/copyright" copyright)
    file(INSTALL "${copyright}" DESTINATION "${doc}/licences" RENAME "${package}.txt")
    file(READ "${copyright}" text)
    string(REGEX MATCHALL "/usr/share/common-licenses/[A-Za-z0-9.-]*[A-Za-z0-9]" named "${text}")
    list(APPEND common_licences ${named})
endforeach()
file(WRITE "${doc}/bundled.tsv" "${list}")
list(TRANSFORM common_licences REPLACE ".*/" "")
list(REMOVE_DUPLICATES common_licences)
foreach(name IN LISTS common_licences)
    if(EXISTS "/usr/share/common-licenses/${name}")
        file(REAL_PATH "/usr/share/common-licenses/${name}" text)
        file(INSTALL "${text}" DESTINATION "${doc}/licences/common-licenses" RENAME "${name}")
    endif()
endforeach()
