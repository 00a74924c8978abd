# SPDX-License-Identifier: MIT
#
#   find_package(pagewise)
#   target_link_libraries(program pagewise::pagewise)    the shared library
#   target_link_libraries(program pagewise::static)      or the other

include(CMakeFindDependencyMacro)
find_dependency(Threads)

get_filename_component(pagewise_lib "${CMAKE_CURRENT_LIST_DIR}/../.."
    ABSOLUTE)
set(pagewise_include "@INCLUDE@")

function(pagewise_target name kind file)
    if(NOT TARGET pagewise::${name})
        add_library(pagewise::${name} ${kind} IMPORTED)
        set_target_properties(pagewise::${name} PROPERTIES
            IMPORTED_LOCATION "${pagewise_lib}/${file}"
            INTERFACE_INCLUDE_DIRECTORIES "${pagewise_include}"
            INTERFACE_LINK_LIBRARIES Threads::Threads)
    endif()
endfunction()

pagewise_target(pagewise SHARED libpagewise.so.@MAJOR@)
pagewise_target(static STATIC libpagewise.a)
