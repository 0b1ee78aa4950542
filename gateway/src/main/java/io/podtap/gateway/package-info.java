/**
 * {@code podtap gateway}: takes what taps send, encrypted or not, and hands it on to tools that
 * have never heard of taps.
 *
 * <p>In: what the sensor takes as well ({@link io.podtap.sensor.ingest.Ingest}). Out: any number of
 * outputs ({@code output}), each with a queue and a thread of its own, so that a slow one holds
 * back neither the others nor the ingest. {@link Gateway} joins the two on one thread; frames are
 * the ingest's until the end of their batch, and are copied once for each output.
 */
@NullMarked
package io.podtap.gateway;

import org.jspecify.annotations.NullMarked;
