# DuckDB: an installed package if there is one, else the shared library and the header that npm
# put into third_party/duckdb (see ./run; pinned by its lock file).
find_package(DuckDB QUIET CONFIG)
if(NOT TARGET duckdb::duckdb)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
    set(duckdb_arch arm64)
  else()
    set(duckdb_arch x64)
  endif()
  set(duckdb_modules "${CMAKE_SOURCE_DIR}/third_party/duckdb/node_modules")
  find_path(DUCKDB_INCLUDE duckdb.h PATHS "${duckdb_modules}/duckdb/src/duckdb/src/include")
  find_library(DUCKDB_LIBRARY duckdb PATHS "${duckdb_modules}/@duckdb/node-bindings-linux-${duckdb_arch}")
  if(NOT DUCKDB_INCLUDE OR NOT DUCKDB_LIBRARY)
    message(FATAL_ERROR "DuckDB is missing: run './run setup', or npm ci --ignore-scripts in third_party/duckdb")
  endif()
  add_library(duckdb::duckdb SHARED IMPORTED)
  set_target_properties(duckdb::duckdb PROPERTIES IMPORTED_LOCATION "${DUCKDB_LIBRARY}"
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${DUCKDB_INCLUDE}" INTERFACE_INCLUDE_DIRECTORIES "${DUCKDB_INCLUDE}"
    IMPORTED_NO_SONAME TRUE)
endif()
