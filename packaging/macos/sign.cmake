# Run by cpack before the dmg is made: signs the app from the inside out with the identity in
# WEAVE_CODESIGN_IDENTITY, for the hardened runtime. Without one the app keeps the ad-hoc signature that
# macdeployqt gave it: it runs on the machine that built it, and elsewhere after the user has allowed it.
set(identity "$ENV{WEAVE_CODESIGN_IDENTITY}")
if(NOT identity)
    message(STATUS "WEAVE_CODESIGN_IDENTITY is not set: the app is not signed for others")
    return()
endif()
find_program(CODESIGN codesign REQUIRED)
file(GLOB_RECURSE plists "${CPACK_TEMPORARY_DIRECTORY}/Weave Sidecar.app/Contents/Info.plist")
list(GET plists 0 plist)
get_filename_component(contents "${plist}" DIRECTORY)

function(sign)
    execute_process(
        COMMAND ${CODESIGN} --force --timestamp --options runtime --sign "${identity}" ${ARGN}
        COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(GLOB frameworks LIST_DIRECTORIES ON "${contents}/Frameworks/*")
file(GLOB_RECURSE plugins "${contents}/PlugIns/*.dylib")
foreach(code IN LISTS frameworks plugins)
    sign("${code}")
endforeach()
set(entitlements --entitlements "${CMAKE_CURRENT_LIST_DIR}/entitlements.plist")
sign(${entitlements} --identifier io.github.weave-sidecar "${contents}/MacOS/weave-sidecar")
get_filename_component(app "${contents}" DIRECTORY)
sign(${entitlements} "${app}") # the tray with it
execute_process(COMMAND ${CODESIGN} --verify --deep --strict "${app}" COMMAND_ERROR_IS_FATAL ANY)
