/**
 * From the network to whole frames, for every program that taps send to: datagrams of tunnels and
 * streams over TLS in, frames out, each with the index of its tap.
 *
 * <p>{@link io.podtap.sensor.reception.Reception} joins the stages {@code receive} and {@code
 * decapsulate} with the streams of {@code io.podtap.core.stream} and the table of taps. One thread,
 * its owner's; frames stand in memory of the reception until the end of their batch.
 */
@NullMarked
package io.podtap.sensor.reception;

import org.jspecify.annotations.NullMarked;
