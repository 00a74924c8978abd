// SPDX-License-Identifier: MIT
// A plug-in of a C program (host.c), whose C++ library is in nobody
// else's sight. It must catch what it is promised.
#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>
extern "C" int plug()
{
    volatile std::size_t huge = PTRDIFF_MAX;
    int caught = 0;
    try { ::operator delete(::operator new(huge)); }
    catch (std::bad_alloc &) { caught++; }
    try { throw std::vector<char>(huge / 2); }
    catch (std::bad_alloc &) { caught++; }
    return caught + !::operator new(huge, std::nothrow);
}
