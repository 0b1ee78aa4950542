/**
 * Tunnels inside the monitored traffic, as {@code tunnel.log} has them.
 *
 * <p>In: that a packet came through a tunnel, and of which flow the packet inside is. Out: a record
 * when a tunnel is first used by a flow, one when it is over, one when no flow has begun to use it
 * for an hour. The encapsulation by which a tap sends its copy is none of these. One thread.
 *
 * @see "Zeek: scripts/base/frameworks/tunnels/main.zeek"
 */
@NullMarked
package io.podtap.sensor.tunnel;

import org.jspecify.annotations.NullMarked;
