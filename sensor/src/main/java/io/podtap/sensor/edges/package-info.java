/**
 * Who talks to whom, counted: records of connections, HTTP requests and DNS questions come in with
 * their flows, series of metrics by client, server, port and protocol go out. Names are those that
 * {@code io.podtap.sensor.identity} has for the flow. Bounded by the text that the series take.
 */
@NullMarked
package io.podtap.sensor.edges;

import org.jspecify.annotations.NullMarked;
