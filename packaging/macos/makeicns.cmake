# cmake -DSVG=<file> -DICNS=<file> -P makeicns.cmake
# The app's icon. iconutil comes with macOS and also takes the sizes for high resolutions; png2icns
# does the same elsewhere, so that the icon can be checked there.
find_program(RSVG_CONVERT rsvg-convert REQUIRED)
find_program(ICONUTIL iconutil)
find_program(PNG2ICNS png2icns)
set(folder "${ICNS}.iconset")
file(REMOVE_RECURSE "${folder}")
file(MAKE_DIRECTORY "${folder}")

function(draw size file)
    execute_process(COMMAND ${RSVG_CONVERT} -w ${size} -h ${size} "${SVG}" -o "${folder}/${file}.png"
        COMMAND_ERROR_IS_FATAL ANY)
endfunction()

set(pictures)
if(ICONUTIL)
    foreach(size 16 32 128 256 512)
        math(EXPR twice "2 * ${size}")
        draw(${size} icon_${size}x${size})
        draw(${twice} icon_${size}x${size}@2x)
    endforeach()
    set(command ${ICONUTIL} -c icns -o "${ICNS}" "${folder}")
elseif(PNG2ICNS)
    foreach(size 16 32 128 256 512 1024)
        draw(${size} ${size})
        list(APPEND pictures "${folder}/${size}.png")
    endforeach()
    set(command ${PNG2ICNS} "${ICNS}" ${pictures})
else()
    message(FATAL_ERROR "Neither iconutil nor png2icns is here to make ${ICNS}")
endif()
execute_process(COMMAND ${command} OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
