# SPDX-License-Identifier: MIT
# Nothing of the library: the kernels are asked about their own.
debugging.needs :=
