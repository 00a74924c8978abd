# SPDX-License-Identifier: MIT
# The kernel's calls by a module, user space's by a program (guest_user.c)
# that has our malloc in it, too.
which.needs :=
which.guest := malloc
