/**
 * Detection: which protocol a flow speaks, by the first bytes of both ends, not by its port.
 *
 * <p>In: what protocols declare, and a flow's first payloads, untrusted. Out: sets of {@link
 * io.podtap.sensor.parse.Service}s, as in {@link io.podtap.sensor.flow.Flow#services}. Signatures
 * are found by the first byte and by ports. Each end's bytes make a set of guesses; what both ends
 * agree on holds. Bytes are not kept. The thread of the analysis.
 */
@NullMarked
package io.podtap.sensor.service;

import org.jspecify.annotations.NullMarked;
