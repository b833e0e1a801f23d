/**
 * A Spark Connect server over the lake that only reads: what a client may send, decided message by
 * message, and its sessions, which cannot do more.
 */
package io.medallion.connect;
