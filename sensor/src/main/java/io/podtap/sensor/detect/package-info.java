/**
 * Detection: which protocol a flow speaks, by the first bytes of both ends, not by its port.
 *
 * <p>In: a flow's first payloads, untrusted. Out: bits of {@link
 * io.podtap.sensor.flow.Flow#services}, one for each {@link io.podtap.sensor.detect.Service}. Each
 * end's bytes make a set of guesses; what both ends agree on holds. Bytes are not kept. The thread
 * of the analysis.
 */
@NullMarked
package io.podtap.sensor.detect;

import org.jspecify.annotations.NullMarked;
