# SPDX-License-Identifier: MIT
# Nothing of ours is measured here, only the kernels.
years.needs :=
