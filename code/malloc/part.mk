# SPDX-License-Identifier: MIT
needs := port
world := user
apart := names.c
