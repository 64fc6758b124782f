# mimamori_embed_portal(TARGET PROGRAM): builds the pages of "center" or "site" into the target. In C++:
#   std::span<const EmbeddedFile> embedded_portal_PROGRAM()   paths: index.html, app.js, app.css, icon.svg
# The pages are made by npm in portal/ (see ./run); a C++ build alone needs no Node.
function(mimamori_embed_portal target program)
  set(folder "${CMAKE_SOURCE_DIR}/portal/dist/${program}")
  set(files index.html app.js app.css icon.svg)
  set(depends "")
  foreach(file ${files})
    if(NOT EXISTS "${folder}/${file}")
      message(FATAL_ERROR "portal/dist/${program}/${file} is missing: run './run setup', or with Node.js 18 or newer "
                          "'npm ci --ignore-scripts && npm run build' in portal/")
    endif()
    list(APPEND depends "${folder}/${file}")
  endforeach()
  string(REPLACE ";" "," files "${files}")
  set(output "${CMAKE_CURRENT_BINARY_DIR}/embedded_portal_${program}.cpp")
  add_custom_command(OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DNAME=portal_${program}" "-DROOT=${folder}" "-DFILES=${files}" "-DOUTPUT=${output}"
            -P "${CMAKE_SOURCE_DIR}/cmake/write_embedded.cmake"
    DEPENDS ${depends} "${CMAKE_SOURCE_DIR}/cmake/write_embedded.cmake" COMMENT "embedding the ${program} pages" VERBATIM)
  target_sources(${target} PRIVATE "${output}")
endfunction()
