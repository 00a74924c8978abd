# SPDX-License-Identifier: MIT
needs := port
