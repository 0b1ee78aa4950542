/**
 * HTTP/2 below its messages: frames, and the compressed header fields in them.
 *
 * <p>In: the bytes of one direction of a connection, which the caller owns. Out: the head of each
 * frame and, once a header block is complete, its fields. What is kept between calls is bounded and
 * counts to the flow's account. One thread.
 *
 * @see "RFC 9113 sections 4 and 6; RFC 7541"
 */
@NullMarked
package io.podtap.sensor.parse.http.framing;

import org.jspecify.annotations.NullMarked;
