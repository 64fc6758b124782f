# Writes INPUT to OUTPUT with FROM replaced by TO; fails if FROM does not stand there, so that a planted bug cannot
# quietly stop being one.
file(READ "${INPUT}" text)
string(FIND "${text}" "${FROM}" place)
if(place EQUAL -1)
  message(FATAL_ERROR "${INPUT}: the line to plant a bug in has changed: ${FROM}")
endif()
string(REPLACE "${FROM}" "${TO}" text "${text}")
file(WRITE "${OUTPUT}" "${text}")
