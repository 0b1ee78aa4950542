/**
 * IRC: who is called what, which channels are joined, what files are sent.
 *
 * <p>In: a TCP connection from its first byte on, line by line, and the connections that files are
 * sent over. Out: {@code irc.log} and files (RFC 1459, RFC 2812). Lines are bounded. One thread.
 */
@NullMarked
package io.podtap.sensor.parse.irc;

import org.jspecify.annotations.NullMarked;
