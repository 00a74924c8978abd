# SPDX-License-Identifier: MIT
needs := port
world := user
apart := malloc_names.c
