/*
 * crc16.h
 *    The hash slot of a key in Redis Cluster.
 *
 * Cluster clients send a key to the node that owns CRC16(key) mod 16384, so whatever speaks their
 * protocol has to agree on it. If the key has a non-empty {tag}, only the tag counts, and related
 * keys share a slot:
 *
 *     {user:7}.name   user:7       user{}7     the whole key, the tag being empty
 *     user{7}{8}      7            user{7      the whole key, nothing closing it
 *
 * CRC16 is the XMODEM variant: polynomial 1021, initial value 0, neither reflected nor inverted.
 */
#ifndef CACHE_BASE_CRC16_H
#define CACHE_BASE_CRC16_H

#include "base/env.h"
#include "base/slice.h"

#define CACHE_CRC16_SLOTS 16384

extern uint16 cache_crc16(CacheSlice data);

/* 0 to CACHE_CRC16_SLOTS - 1. */
extern uint16 cache_crc16_slot(CacheSlice key);

#endif
