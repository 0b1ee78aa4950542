/**
 * Stream: packets as pcapng over TLS, one connection for each sensor.
 *
 * <p>In: enhanced packet blocks that the hot thread writes straight into a queue of fixed size
 * outside the heap ({@link io.podtap.tap.stream.SensorStream}); what does not fit is refused and
 * counted by whoever offered it, so that capture never waits. Out: TLS 1.3 records of up to 16 KiB
 * on a TCP connection. Each stream has a thread of its own, which connects, encrypts, sends and
 * connects again; under load it sleeps until a good deal waits. It takes blocks off the queue when
 * the kernel has taken over their last byte, so a broken connection loses nothing but what was on
 * its way. What the stream says between packets (section header, statistics, reports) is asked for
 * on that thread.
 *
 * @see "RFC 8446; draft-ietf-opsawg-pcapng; javax.net.ssl.SSLEngine"
 */
@NullMarked
package io.podtap.tap.stream;

import org.jspecify.annotations.NullMarked;
