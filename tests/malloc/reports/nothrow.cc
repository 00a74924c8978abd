// SPDX-License-Identifier: MIT
// A handler may throw, and new that may not throw must return null then.
#include <cstddef>
#include <cstdint>
#include <new>
int main()
{
    std::set_new_handler([] { throw std::bad_alloc(); });
    volatile std::size_t huge = PTRDIFF_MAX;
    if (::operator new(huge, std::nothrow)) return 1;
    if (::operator new[](huge, std::nothrow)) return 2;
    if (::operator new(huge, std::align_val_t(64), std::nothrow)) return 3;
    if (::operator new[](huge, std::align_val_t(64), std::nothrow))
        return 4;
    try { ::operator new(huge); return 5; } catch (std::bad_alloc &) {}
    return 0;
}
