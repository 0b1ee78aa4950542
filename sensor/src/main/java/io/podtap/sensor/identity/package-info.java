/**
 * Who had an address at a time: bindings in, owners out.
 *
 * <p>In come intervals in which a pod, node or service had an address, from the API server, from
 * reports of taps and from journals of earlier runs ({@link io.podtap.sensor.identity.Bindings});
 * out goes one {@link io.podtap.sensor.identity.Owner} for an address and a time, or none where two
 * are possible. Any thread; bounded in bytes.
 */
@NullMarked
package io.podtap.sensor.identity;

import org.jspecify.annotations.NullMarked;
