/**
 * PostgreSQL, protocol version 3: from streams to {@code postgresql.log}.
 *
 * <p>In: what client and server say. Out: one record for each login, simple query and goodbye, with
 * what the server answered. Passwords are not read, nor what rows hold: their bytes are passed
 * over. Bytes stay the caller's; at most one message of each end is kept, the beginning of a longer
 * one. "PostgreSQL: Frontend/Backend Protocol". The analysis thread.
 */
@NullMarked
package io.podtap.sensor.parse.postgresql;

import org.jspecify.annotations.NullMarked;
