/**
 * The content of HTTP messages on its way to a file: what takes it, and what decompresses it first.
 *
 * <p>In: pieces of content, in order and in place, which the caller owns. Out: the decompressed
 * bytes, to the next {@link io.podtap.sensor.parse.http.content.ContentSink}. The number of open
 * decompressors is bounded; their memory counts to the flow's account. One thread.
 *
 * @see "RFC 9110 section 8.4.1; RFC 1950; RFC 1951; RFC 1952"
 */
@NullMarked
package io.podtap.sensor.parse.http.content;

import org.jspecify.annotations.NullMarked;
