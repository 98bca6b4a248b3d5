/*
 * synastry.h
 *		What the library's door (synastry.c) gives to the rooms behind it.
 */
#ifndef SYNASTRY_H
#define SYNASTRY_H

#include "kernel/kernel.h"

/* the kernel in use: the best of this machine, or what synastry.simd says */
extern const Kernel *current_kernel;

#endif							/* SYNASTRY_H */
