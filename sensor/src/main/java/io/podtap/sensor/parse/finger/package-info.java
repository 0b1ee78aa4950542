/**
 * Finger: only what is weird about a request and its answer; the protocol has no log, as in Zeek.
 *
 * <p>In: a TCP connection to port 79 from its first byte on. Out: weirds. One thread.
 *
 * @see "RFC 1288 section 2.3"
 */
@NullMarked
package io.podtap.sensor.parse.finger;

import org.jspecify.annotations.NullMarked;
