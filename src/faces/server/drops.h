/*
 * drops.h
 *    What the cache does when a database, or the extension in one, is dropped.
 */
#ifndef CACHE_FACES_SERVER_DROPS_H
#define CACHE_FACES_SERVER_DROPS_H

extern void cache_drops_install(void);

/* Discard the keys of databases whose drop was replayed. For a process without a database, now and then. May throw. */
extern void cache_drops_follow_recovery(void);

#endif
