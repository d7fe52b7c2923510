# Scriptlets of the rpms, and the folders that belong to other packages.
set(CPACK_RPM_DAEMON_POST_INSTALL_SCRIPT_FILE ${CMAKE_CURRENT_LIST_DIR}/post.sh)
set(CPACK_RPM_DAEMON_PRE_UNINSTALL_SCRIPT_FILE ${CMAKE_CURRENT_LIST_DIR}/preun.sh)
set(CPACK_RPM_DAEMON_POST_UNINSTALL_SCRIPT_FILE ${CMAKE_CURRENT_LIST_DIR}/postun.sh)
set(CPACK_RPM_DAEMON_USER_FILELIST
    "%config(noreplace) %attr(0644,root,root) /etc/weave-sidecar/config.toml")
# No links for debuggers in /usr/lib/.build-id: they would lead to stripped programs.
string(JOIN "\n" CPACK_RPM_SPEC_MORE_DEFINE
    "%define use_source_date_epoch_as_buildtime 1"
    "%define clamp_mtime_to_source_date_epoch 1"
    "%define _buildhost localhost"
    "%define _build_id_links none"
    "%define packager ${WEAVE_PACKAGE_CONTACT}")

set(share /usr/share)
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
    /usr/lib/systemd /usr/lib/systemd/system /usr/lib/systemd/user /usr/lib/sysusers.d
    ${share}/applications ${share}/metainfo ${share}/doc
    ${share}/man ${share}/man/man1 ${share}/man/man5 ${share}/man/man8
    ${share}/bash-completion ${share}/bash-completion/completions
    ${share}/zsh ${share}/zsh/site-functions ${share}/zsh/vendor-completions
    ${share}/fish ${share}/fish/vendor_completions.d
    ${share}/icons ${share}/icons/hicolor)
foreach(size scalable 16x16 22x22 24x24 32x32 48x48 64x64 128x128 256x256)
    list(APPEND CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
        ${share}/icons/hicolor/${size} ${share}/icons/hicolor/${size}/apps)
endforeach()
