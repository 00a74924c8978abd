# SPDX-License-Identifier: MIT
needs := slab
