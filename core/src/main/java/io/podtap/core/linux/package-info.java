/**
 * The kernel of Linux, called through the foreign function interface, and libpcap's compiler.
 *
 * <p>In: numbers, segments, endpoints. Out: the same; a failure is a {@link
 * io.podtap.core.linux.LinuxException} that names call, arguments and errno, or, on the hot path,
 * an errno as a return value. Every descriptor and every mapping belongs to one closeable object;
 * an object is used by one thread at a time. Sockets live in the network namespace of the thread
 * that opened them.
 *
 * <p>No other package may use {@link java.lang.foreign.Linker}, so what only the gateway
 * (TapDevice) or the sensor (DatagramReply) uses is here, too. Layouts are those of 64-bit
 * little-endian Linux (x86-64, aarch64), the same for glibc and musl.
 *
 * @see "linux/if_packet.h, linux/filter.h, linux/udp.h, asm-generic/socket.h; packet(7), udp(7)"
 */
@NullMarked
package io.podtap.core.linux;

import org.jspecify.annotations.NullMarked;
