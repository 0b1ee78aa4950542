/**
 * Ways out of a gateway. In: frames of the gateway's thread, copied into a queue. Out, on a thread
 * of each output's own: a tunnel, an interface, pcap over TCP, capture files.
 *
 * <p>Every frame that an output was offered is written, failed with a cause, or waiting; nothing
 * else ({@link io.podtap.gateway.output.OutputLedger}).
 */
@NullMarked
package io.podtap.gateway.output;

import org.jspecify.annotations.NullMarked;
