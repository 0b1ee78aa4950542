/**
 * Flows: who talks to whom, what was counted, and the table that finds them again.
 *
 * <p>{@link io.podtap.sensor.flow.FlowTable} owns every {@link io.podtap.sensor.flow.Flow}; a flow
 * is valid until it is removed from the table and may be used again for another one after that.
 * Nothing here is allocated per packet: flows come from a pool, keys are primitive, timers are
 * links between flow indices. One thread.
 *
 * @see "Zeek's connection records; Community ID specification version 1"
 */
@NullMarked
package io.podtap.sensor.flow;

import org.jspecify.annotations.NullMarked;
