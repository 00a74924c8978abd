# SPDX-License-Identifier: MIT
needs :=
