# SPDX-License-Identifier: MIT
#
# Fonts to be chosen from by name, and the tools that cut them.
PACKAGES_PRESS += fonts-sil-charis fonts-inter-variable fonttools unzip
