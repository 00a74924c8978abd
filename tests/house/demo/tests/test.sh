#!/bin/sh
# SPDX-License-Identifier: MIT
# The demo.
. tests/common/allocator.sh

each "unit" unit unit
finish
