/**
 * Filters: from an expression in tcpdump's language to instructions that the kernel runs.
 *
 * <p>In: a pcap-filter expression, the tap's own traffic to leave out. Out: immutable {@link
 * io.podtap.core.filter.BpfProgram} values; a socket of {@code linux} runs them, or the program's
 * own interpreter does where there is no kernel in between. Pure, any thread; only {@link
 * io.podtap.core.filter.FilterCompiler} calls libpcap.
 *
 * @see "pcap-filter(7); linux/filter.h; McCanne and Jacobson, The BSD Packet Filter, 1993"
 */
@NullMarked
package io.podtap.core.filter;

import org.jspecify.annotations.NullMarked;
