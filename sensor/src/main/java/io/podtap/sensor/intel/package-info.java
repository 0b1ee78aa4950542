/**
 * Threat intelligence: indicators from files, and where they were seen.
 *
 * @see "Zeek's intelligence framework"
 */
@NullMarked
package io.podtap.sensor.intel;

import org.jspecify.annotations.NullMarked;
