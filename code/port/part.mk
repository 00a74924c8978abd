# SPDX-License-Identifier: MIT
needs :=
public := port_types.h port_types_user.h
