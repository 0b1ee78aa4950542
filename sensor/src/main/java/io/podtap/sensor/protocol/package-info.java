/**
 * How a protocol is declared: names, ports, first bytes and parsers, in the protocol's own package.
 *
 * <p>In: what a package under {@code parse} says of its protocol. Out: {@link
 * io.podtap.sensor.protocol.Declaration}, a value that does not change, from which {@code detect}
 * makes its tables, {@code dispatch} its parsers and the tracker its set of servers' ports. Any
 * thread.
 */
@NullMarked
package io.podtap.sensor.protocol;

import org.jspecify.annotations.NullMarked;
