/* SPDX-License-Identifier: MIT */
/* A C program that opens a plug-in in C++: see plug.cc. */
#include <dlfcn.h>
int main(int argc, char **argv)
{
    void *plug = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : 0;
    int (*call)(void);
    if (!plug)
        return 9;
    *(void **)&call = dlsym(plug, "plug");
    return call() != 3;
}
