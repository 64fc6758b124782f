# mimamori_embed(TARGET NAME FILES...): builds the files into the target. In C++:
#   std::string_view embedded_NAME(std::string_view path)   path as given here; ENSUREs that it exists
#   std::vector<std::string_view> embedded_NAME_paths()
function(mimamori_embed target name)
  set(output "${CMAKE_CURRENT_BINARY_DIR}/embedded_${name}.cpp")
  set(depends "")
  foreach(file ${ARGN})
    list(APPEND depends "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
  endforeach()
  string(REPLACE ";" "," files "${ARGN}")
  add_custom_command(OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DNAME=${name}" "-DROOT=${CMAKE_CURRENT_SOURCE_DIR}" "-DFILES=${files}" "-DOUTPUT=${output}"
            -P "${CMAKE_SOURCE_DIR}/cmake/write_embedded.cmake"
    DEPENDS ${depends} "${CMAKE_SOURCE_DIR}/cmake/write_embedded.cmake" COMMENT "embedding ${name}" VERBATIM)
  target_sources(${target} PRIVATE "${output}")
endfunction()
