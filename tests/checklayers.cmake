# Fails when a file includes something that its layer may not know.
#
# Static libraries alone do not catch this: a header can be included without linking its layer, and
# <QtWidgets/QWidget> can be included without linking Widgets.
#
#   cmake -DROOT=<project> -P checklayers.cmake

cmake_policy(SET CMP0057 NEW)

# layer -> what it may include besides itself. The arrows of ARCHITECTURE.md.
set(allowed_common)
set(allowed_eventloop common)
set(allowed_protocol common)
set(allowed_config common)
set(allowed_stats common)
set(allowed_spool common)
set(allowed_batching common spool)
set(allowed_forwarding common stats spool batching)
set(allowed_ingest common protocol config stats)
set(allowed_http common protocol stats ingest)
set(allowed_sidecar common protocol config stats spool batching forwarding ingest http)
set(layers common eventloop protocol config stats spool batching forwarding ingest http sidecar)

# Files in these layers do without Qt, so that fuzzers and ThreadSanitizer can run on them.
set(plain_layers protocol stats spool batching)
set(plain_files eventloop/timerqueue config/netrc forwarding/batchsource forwarding/echofilter forwarding/httpresponse forwarding/parkedbatches forwarding/retryafter forwarding/retrypolicy forwarding/serverreply forwarding/writepaths http/callbody http/callroutes http/httpreply http/httprequest http/inflate http/requestreader sidecar/events)

set(problems "")
foreach(layer IN LISTS layers)
    file(GLOB files "${ROOT}/core/${layer}/*.h" "${ROOT}/core/${layer}/*.cpp")
    foreach(file IN LISTS files)
        file(RELATIVE_PATH name "${ROOT}" "${file}")
        string(REGEX REPLACE "^core/(.*)\\.(h|cpp)$" "\\1" stem "${name}")
        file(STRINGS "${file}" includes REGEX "^#include")
        foreach(line IN LISTS includes)
            if(line MATCHES "^#include \"([a-z]+)/")
                set(target ${CMAKE_MATCH_1})
                if(NOT target STREQUAL layer AND NOT target IN_LIST allowed_${layer})
                    list(APPEND problems "${name}: ${line} (core/${layer} must not know ${target})")
                endif()
            elseif(line MATCHES "^#include <(QtGui|QtWidgets|QWidget|QApplication|QGui)")
                list(APPEND problems "${name}: ${line} (core knows no display)")
            elseif(line MATCHES "^#include <Q")
                set(is_plain FALSE)
                if(layer IN_LIST plain_layers OR stem IN_LIST plain_files
                   OR (layer STREQUAL "common" AND NOT stem STREQUAL "common/logging"))
                    set(is_plain TRUE)
                endif()
                if(is_plain)
                    list(APPEND problems "${name}: ${line} (this file does without Qt)")
                endif()
            endif()
        endforeach()
    endforeach()
endforeach()

# The front-end: client/ knows no widget, and neither knows the daemon's parts. widgets/ may use both.
set(allowed_client common config)
set(allowed_widgets client common config)
foreach(layer IN ITEMS client widgets)
    file(GLOB files "${ROOT}/gui/${layer}/*.h" "${ROOT}/gui/${layer}/*.cpp")
    foreach(file IN LISTS files)
        file(RELATIVE_PATH name "${ROOT}" "${file}")
        file(STRINGS "${file}" includes REGEX "^#include")
        foreach(line IN LISTS includes)
            if(line MATCHES "^#include \"([a-z]+)/")
                set(target ${CMAKE_MATCH_1})
                if(NOT target STREQUAL layer AND NOT target IN_LIST allowed_${layer})
                    list(APPEND problems "${name}: ${line} (gui/${layer} must not know ${target})")
                endif()
            elseif(layer STREQUAL "client"
                   AND line MATCHES "^#include <(QtGui|QtWidgets|QWidget|QApplication|QGui|QIcon)")
                list(APPEND problems "${name}: ${line} (gui/client is tested without a display)")
            endif()
        endforeach()
    endforeach()
endforeach()

if(problems)
    list(JOIN problems "\n  " text)
    message(FATAL_ERROR "Includes across layers:\n  ${text}")
endif()
message(STATUS "layers are clean")
