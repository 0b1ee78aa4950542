/**
 * DNP3 (IEEE 1815): recognised by its first bytes.
 */
@NullMarked
package io.podtap.sensor.parse.dnp3;

import org.jspecify.annotations.NullMarked;
