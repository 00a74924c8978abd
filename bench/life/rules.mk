# SPDX-License-Identifier: MIT
# Nothing of the library's: the kernel's and the C library's own calls.
life.needs :=
