/**
 * Streams of packets that taps send over TLS: pcapng, received from many at once.
 *
 * <p>In: TCP connections of anybody. Out: frames, and what their senders say of themselves, to one
 * consumer. Two threads: one shakes hands, decrypts and bounds what strangers can cost; the other,
 * the consumer's, reads the pcapng and hands on its frames where they are. Between them pass
 * buffers of a fixed pool; when it is empty nothing more is read, and TCP tells the senders.
 */
@NullMarked
package io.podtap.sensor.stream;

import org.jspecify.annotations.NullMarked;
