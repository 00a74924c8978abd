# SPDX-License-Identifier: MIT
needs := page
