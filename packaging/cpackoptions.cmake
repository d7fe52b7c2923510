# Read by cpack once for each kind of package: what differs between them and cannot be said where they
# are described together.
if(CPACK_GENERATOR STREQUAL "DEB")
    # It would be put in front of each package's own summary.
    unset(CPACK_PACKAGE_DESCRIPTION_SUMMARY)
    set(CPACK_PRE_BUILD_SCRIPTS "${CPACK_WEAVE_DEBIAN_SCRIPT}")
elseif(CPACK_GENERATOR STREQUAL "TGZ")
    # Both components in one archive; bundle.cmake then brings the staged tree into its shape.
    set(CPACK_MONOLITHIC_INSTALL ON)
    set(CPACK_SET_DESTDIR ON) # the sample of /etc is not to land in /etc
    set(CPACK_PACKAGE_FILE_NAME "${CPACK_WEAVE_PORTABLE_NAME}")
    set(CPACK_PRE_BUILD_SCRIPTS "${CPACK_WEAVE_PORTABLE_SCRIPT}")
elseif(CPACK_GENERATOR STREQUAL "DragNDrop")
    # The app has everything in it; programs and documents of their own are for other packages.
    set(CPACK_MONOLITHIC_INSTALL ON)
    list(GET CPACK_INSTALL_CMAKE_PROJECTS 0 build_folder)
    set(CPACK_INSTALL_CMAKE_PROJECTS "${build_folder};Weave Sidecar;app;/")
    set(CPACK_PACKAGING_INSTALL_PREFIX /)
    set(CPACK_PACKAGE_FILE_NAME "${CPACK_WEAVE_DMG_NAME}")
    set(CPACK_DMG_VOLUME_NAME "Weave Sidecar")
    set(CPACK_PRE_BUILD_SCRIPTS "${CPACK_WEAVE_SIGN_SCRIPT}")
    # A dmg that shows a licence cannot be opened by scripts; the text is in the app.
    set(CPACK_DMG_SLA_USE_RESOURCE_FILE_LICENSE OFF)
endif()
