# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# The faults that the tests of the library must see. See
# tests/common/planted.sh, which reads this file.

rules=code/pack/rules.mk

plant "internal names stay global" library '*archive*' \
    "sed -i 's/--keep-global-symbols=[^ ]*/-S/' $rules"
plant "the shared library exports all" library '*shared library exports*' \
    "sed -i '/version-script/s/-Wl,--version-script=[^ ]*//' $rules"
plant "a header that is not for C++" library '*C++*' \
    "sed -i 's/extern \"C\"/extern \"C++\"/' code/slab/slab.h"
plant "a header that is left out" library '*build/lib*' \
    "sed -i 's/notdir/filter-out %slab.h,&/' $rules"
plant "a slab's page is freed" library '*no allocator frees*' \
    "sed -i 's/pw_used_order(page) == order/(uint16_t)&/' \
    code/page/page_cpu.c"
plant "a child of fork() goes on" library '*fork()*' \
    "sed -i 's/^    port_refuse_child();//' code/port/port_user.c"
plant "uninstall forgets a file" library '*uninstall*' \
    "sed -i 's/for f in .(INSTALL_FILES)/for f in \$(LIBDIR)\/x/' $rules"
plant "a folder without a source that it needs" library '*compiles*' \
    "sed -i 's/take(defines.name.)/take(nil)/' code/pack/take.lua"
plant "clang is given an attribute of gcc's" library 'CC=clang*' \
    "sed -i 's/has_attribute(copy)/has_attribute(alias)/' \
    code/malloc/malloc_names.c"
plant "a chapter's markup in a manual page" library '*markup*' \
    "sed -i '/%]%b{}/d' code/pack/man.lua"
