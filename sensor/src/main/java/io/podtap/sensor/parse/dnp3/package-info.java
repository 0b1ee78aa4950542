/**
 * DNP3 over TCP and UDP: which function was asked for, and what was answered.
 *
 * <p>In: flows from their first byte on, over TCP also from the middle on. Out: {@code dnp3.log},
 * one record for each answer. A message's first bytes are kept until it is whole (IEEE 1815). One
 * thread.
 */
@NullMarked
package io.podtap.sensor.parse.dnp3;

import org.jspecify.annotations.NullMarked;
