/*
 * drops.h
 *    What the cache does when a database, or the extension in one, is dropped.
 */
#ifndef CACHE_FACES_SERVER_DROPS_H
#define CACHE_FACES_SERVER_DROPS_H

extern void cache_drops_install(void);

#endif
