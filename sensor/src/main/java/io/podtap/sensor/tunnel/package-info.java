/**
 * Tunnels inside the monitored traffic: IP in IP, GRE, VXLAN, Geneve, GTP, Teredo, AYIYA.
 *
 * <p>In: a packet, and the flow that it belongs to. Out: the headers moved to the packet inside,
 * and {@code tunnel.log}: a record when a tunnel is first used by a flow, one when it is over, one
 * when no flow has begun to use it for an hour. The encapsulation by which a tap sends its copy is
 * none of these: see {@code decapsulate}. Bytes stay the caller's. One thread.
 *
 * @see "Zeek: scripts/base/frameworks/tunnels/main.zeek"
 */
@NullMarked
package io.podtap.sensor.tunnel;

import org.jspecify.annotations.NullMarked;
