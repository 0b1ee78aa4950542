/**
 * What parsers of protocols are made of: the bytes they take ({@link Payload}, {@link Gather}),
 * what they are ({@link StreamParser}, {@link DatagramParser}), how they are made ({@link
 * StreamProtocol}, {@link DatagramProtocol}) and what they may ask ({@link Session}). What travels
 * inside the messages of others has a kind of its own ({@link MessageParser}, {@link
 * MessageProtocol}).
 *
 * <p>One package below this one for each protocol; none imports another's. Bytes belong to the
 * caller and are valid during the call. One thread.
 */
@NullMarked
package io.podtap.sensor.parse;

import org.jspecify.annotations.NullMarked;
